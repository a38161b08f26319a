// What sources did, in Spanish.

import { deedOf, many, put, type ActFacts, type ActWords } from './words.ts';

/** What was done with accounts and with the site, by the signal that tells it. */
const DEEDS: Readonly<Record<string, (subjects: string) => string>> = {
  'role.granted': (subjects) => `ha dado más derechos a una cuenta${put(' (el rol ', subjects, ')')}`,
  'permission.changed': (subjects) => `ha dado más derechos a un rol${put(' (el permiso ', subjects, ')')}`,
  'account.changed': () => 'ha cambiado la cuenta de otra persona',
  'account.deleted': () => 'ha borrado una cuenta',
  'module.installed': (subjects) => `ha activado el módulo${put(' ', subjects)}`,
  'module.removed': (subjects) => `ha quitado el módulo${put(' ', subjects)}`,
  'config.changed': (subjects) => `ha cambiado un ajuste importante${put(' (', subjects, ')')}`,
};

const requests = (f: ActFacts): string => many(f, 'una petición', (n) => `${n} peticiones`);
const times = (f: ActFacts): string => many(f, 'una vez', (n) => `${n} veces`);

export const SPANISH: ActWords = {
  locale: 'es',
  units: {
    second: ['segundo', 'segundos'],
    minute: ['minuto', 'minutos'],
    hour: ['hora', 'horas'],
    day: ['día', 'días'],
  },
  over: (span) => ` en ${span}`,
  withinASecond: ' en menos de un segundo',
  suchAs: (examples) => `, por ejemplo ${examples}`,
  services: { mail: 'el servidor de correo', mailbox: 'el servidor de buzones' },
  knownWeakness: 'una vulnerabilidad conocida',
  weaknesses: (names, isOne) => `${isOne ? 'la vulnerabilidad' : 'las vulnerabilidades'} ${names}`,
  andOthers: (names) => `${names} y otras`,
  accounts: (n) => ` para ${n} cuentas distintas`,
  unknown: (f, label) =>
    `ha hecho lo que busca este escenario${put(' («', label, '»)')}: ${many(f, 'un evento', (n) => `${n} eventos`)}${f.over}`,
  source: {
    range: (value) => `El rango ${value}`,
    country: (value) => `El país ${value}`,
    as: (value) => `La red ${value}`,
    user: (value) => `La cuenta «${value}»`,
    session: (value) => `La sesión ${value}`,
  },
  several: (sources, last, act) => `${sources} orígenes; el último, ${last}, ${act}`,
  acts: {
    weakness: (f) =>
      `ha intentado${many(f, '', (n) => ` ${n} veces`)}${f.over} aprovechar ${f.weakness}${f.examples}`,
    'login-limited': (f) =>
      `ha fallado una y otra vez al iniciar sesión${f.over}, hasta que el propio sitio ha rechazado más intentos`,
    'login-after-failures': (f) =>
      `ha iniciado sesión${f.over} tras ${f.count <= 2 ? 'un intento fallido' : `${f.nBefore} intentos fallidos`}: puede que se haya adivinado la contraseña`,
    registrations: (f) =>
      `ha creado${f.over} ${many(f, 'una cuenta nueva', (n) => `${n} cuentas nuevas`)}, como hacen los spammers`,
    'rights-changed': (f) =>
      `${deedOf(DEEDS, f, 'ha cambiado lo que pueden hacer las cuentas')}; compruebe si ha sido usted`,
    'site-changed': (f) => `${deedOf(DEEDS, f, 'ha cambiado módulos o ajustes')}; compruebe si ha sido usted`,
    'admin-burst': (f) =>
      `ha enviado${f.over} ${many(f, 'un formulario', (n) => `${n} formularios`)} de la administración, más deprisa de lo que trabaja una persona`,
    'forbidden-pages': (f) =>
      `ha pedido${f.over} ${many(f, 'una página', (n) => `${n} páginas distintas`)} que los visitantes no pueden ver${f.examples}`,
    'missing-pages': (f) =>
      `ha pedido${f.over} ${many(f, 'una página', (n) => `${n} páginas distintas`)} que el sitio no tiene, como hacen los escáneres${f.examples}`,
    'broken-posts': (f) =>
      `ha enviado${f.over} ${many(f, 'un formulario que no puede', (n) => `${n} formularios que no pueden`)} venir de una página de este sitio, para ver qué hace con ${f.count === 1 ? 'él' : 'ellos'}${f.examples}`,
    'form-rejections': (f) =>
      `ha enviado${f.over} ${many(f, 'un formulario', (n) => `${n} formularios`)} que ha rellenado un programa, no una persona${f.examples}`,
    texts: (f) =>
      `ha enviado${f.over} ${many(f, 'un comentario o mensaje', (n) => `${n} comentarios o mensajes`)}, más de lo que escribe una persona`,
    'spam-judged': (f) =>
      `ha escrito ${many(f, 'un texto', (n) => `${n} textos`)} que un moderador ha calificado de spam`,
    'files-refused': (f) =>
      `ha intentado${f.over} subir ${many(f, 'un archivo', (n) => `${n} archivos`)} que el sitio no acepta${put(' (', f.subjects, ')')}`,
    'program-uploaded': (f) =>
      `ha subido un archivo que puede ejecutarse como programa${put(' (', f.subjects, ')')}`,
    'card-testing': (f) =>
      `ha tenido${f.over} ${many(f, 'un pago rechazado', (n) => `${n} pagos rechazados`)}, como ocurre cuando alguien prueba tarjetas robadas`,
    'order-burst': (f) =>
      `ha hecho${f.over} ${many(f, 'un pedido', (n) => `${n} pedidos`)}, más de los que hace un comprador`,
    'session-taken': () =>
      'ha seguido con la sesión de alguien que tenía otro navegador en otra red: puede que la cookie sea robada',
    'uncached-pages': (f) =>
      `ha hecho que el sitio genere de nuevo${f.over} ${many(f, 'una página', (n) => `${n} páginas distintas`)}, lo que lo agota${f.examples}`,
    errors: (f) => `ha enviado${f.over} ${requests(f)} que el sitio ha anotado como errores${f.examples}`,
    'request-attack': (f) =>
      `ha enviado${f.over} ${many(f, 'un ataque dentro de una petición', (n) => `${n} ataques distintos dentro de peticiones`)}${f.examples}`,
    decoy: (f) =>
      `ha pedido ${times(f)}${f.over} páginas que este sitio no tiene y que solo buscan los atacantes${f.examples}`,
    'sensitive-files': (f) =>
      `ha pedido${f.over} ${many(f, 'un archivo que nunca estuvo destinado', (n) => `${n} archivos que nunca estuvieron destinados`)} a los visitantes${f.examples}`,
    'path-traversal': (f) =>
      `ha intentado ${times(f)}${f.over} leer archivos fuera de la carpeta del sitio${f.examples}`,
    'sql-injection': (f) => `ha puesto${f.over} órdenes de base de datos en ${requests(f)}${f.examples}`,
    'script-injection': (f) => `ha puesto${f.over} código de script en ${requests(f)}${f.examples}`,
    'back-doors': (f) =>
      `ha buscado${f.over} ${many(f, 'una puerta trasera', (n) => `${n} puertas traseras`)} que dejan intrusos anteriores${f.examples}`,
    'admin-pages': (f) =>
      `ha buscado${f.over} ${many(f, 'una página', (n) => `${n} páginas`)} de administración y de otro software${f.examples}`,
    'bad-agent': (f) =>
      `ha enviado${f.over} ${requests(f)} con un programa conocido por ataques o escaneos masivos${put(' (', f.program, ')')}`,
    'open-proxy': (f) =>
      `ha intentado${many(f, '', (n) => ` ${n} veces`)}${f.over} llegar a otros sitios a través de este`,
    'password-reset': (f) =>
      `ha pedido ${times(f)}${f.over} una contraseña nueva${f.accounts}, lo que dice a los atacantes qué cuentas existen`,
    'user-enumeration': (f) =>
      `ha intentado${f.over} averiguar qué cuentas existen${put(' en ', f.service)}, ${many(f, 'una vez', (n) => `${n} intentos`)}${f.examples}`,
    spray: (f) =>
      `no ha conseguido iniciar sesión${put(' en ', f.service)} ${times(f)}${f.over}${f.accounts}`,
    login: (f) =>
      `no ha conseguido iniciar sesión${put(' en ', f.service)} ${times(f)}${f.over}${f.accounts}, como quien adivina contraseñas`,
    probing: (f) =>
      `ha pedido${f.over} ${many(f, 'una página que falta o está prohibida', (n) => `${n} páginas distintas que faltan o están prohibidas`)}, como hacen los escáneres${f.examples}`,
    crawl: (f) =>
      `ha descargado${f.over} ${many(f, 'una página', (n) => `${n} páginas`)}, más deprisa de lo que nadie lee${f.examples}`,
    flood: (f) =>
      `ha enviado${f.over} ${requests(f)} de un tipo pensado para agotar el servidor${f.examples}`,
    spam: (f) =>
      `ha enviado${f.over} ${many(f, 'un mensaje que parece', (n) => `${n} mensajes que parecen`)} spam`,
    fraud: (f) =>
      `ha intentado${f.over} ${many(f, 'un pago', (n) => `${n} pagos`)}, como hacen los ladrones de tarjetas`,
    travel: (f) =>
      `ha iniciado sesión${f.over}${put(' en ', f.service)}${f.accounts} desde lugares demasiado alejados para un solo viajero`,
    intrusion: (f) =>
      `ha hecho${f.over} ${many(f, 'algo que hacen', (n) => `${n} cosas que hacen`)} los intrusos una vez dentro`,
    exploit: (f) =>
      `ha enviado${f.over} ${many(f, 'un ataque', (n) => `${n} ataques`)}${put(' contra ', f.service)}${f.examples}`,
    scan: (f) => `ha buscado${f.over} puntos débiles con ${requests(f)}${f.examples}`,
    audit: (f) =>
      `ha hecho${f.over} ${many(f, 'algo', (n) => `${n} cosas`)} que según este escenario debe ver una persona`,
  },
};

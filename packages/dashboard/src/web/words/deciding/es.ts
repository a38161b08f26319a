import type { DecidingWord } from './en.ts';

export const ES_DECIDING: Readonly<Record<DecidingWord, string>> = {
  'add.title': 'Decidir algo',
  'add.value': 'Dirección o rango',
  'add.valueHint': '203.0.113.7 o 203.0.113.0/24',
  'add.what': 'Qué se hace',
  'add.duration': 'Por cuánto tiempo',
  'add.reason': 'Por qué (para quien pregunte después)',
  'add.submit': 'Decidir',
  'add.done': '{value}: {what} hasta {when}',
  'decide.list': 'Importar una lista',
  'decide.extend': 'Mantener fuera más tiempo',
  'decide.values': 'Direcciones y rangos, uno por línea',
  'decide.valuesHint': 'Como mucho {most}. Listas más largas: parapet decisions import ARCHIVO',
  'decide.file': 'O desde un archivo',
  'decide.listed': 'Se ha tomado una decisión|Se han tomado {n} decisiones',
  'decide.refused': 'Omitida: una ({value})|Omitidas: {n} ({value})',
  'decide.you': 'Usted está entre ellas: es su propia dirección.',
  'decide.targets': 'Se puede leer una dirección o rango|Se pueden leer {n} direcciones y rangos',
  'decide.logins':
    'Una dirección de allí inició sesión en el sitio en los últimos 30 días:|{n} direcciones de allí iniciaron sesión en el sitio en los últimos 30 días:',
  'decide.people':
    'Una dirección de allí superó la comprobación, tiene una sesión o le escribió esta semana.|{n} direcciones de allí superaron la comprobación, tienen una sesión o le escribieron esta semana.',
  'decide.nobody':
    'Hoy no vino de allí nadie a quien el sitio respondiera como siempre.|En los últimos {n} días no vino de allí nadie a quien el sitio respondiera como siempre.',
  'decide.visits':
    'Hoy el sitio respondió como siempre a {requests} peticiones de allí, de {addresses}.|En los últimos {n} días el sitio respondió como siempre a {requests} peticiones de allí, de {addresses}.',
  'decide.visitsAbout':
    'Hoy el sitio respondió como siempre a unas {requests} peticiones de allí, de unas {addresses}.|En los últimos {n} días el sitio respondió como siempre a unas {requests} peticiones de allí, de unas {addresses}.',
  'decide.covered': 'Una decisión vigente ya lo cubre|Decisiones vigentes ya cubren {n} de ellas',
  'decide.inside': 'Una decisión vigente está dentro|{n} decisiones vigentes están dentro',
  'decide.more': 'y una más|y {n} más',
  'decide.force': 'He mirado a quién afectaría y lo quiero de todos modos',
  'length.1h': 'una hora',
  'length.4h': 'cuatro horas',
  'length.1d': 'un día',
  'length.7d': 'una semana',
  'length.30d': '30 días',
  'length.365d': 'un año',
};

// What people choose, in Spanish.

import type { ChoosingWord } from './en.ts';

export const ES_CHOOSING: Readonly<Record<ChoosingWord, string>> = {
  'change.chosen': 'Se eligió aquí y vale en lugar de lo que dice parapet.yaml.',
  'change.usual': 'Hacer lo que dice parapet.yaml',
  'change.back': '{name}: desde ahora, lo que dice parapet.yaml',
  'bots.group': 'Para qué son',
  'bots.changed': '{name}: desde ahora {rule}',
  'bots.effect': 'En los últimos 7 días es una petición.|En los últimos 7 días son {n} peticiones.',
  'bots.effectNone': 'En los últimos 7 días no vino nadie a quien esto afecte.',
  'bots.effectCost': 'El sitio trabajó {long} para ellas.',
  'bots.effectUser': 'Detrás de cada una hay una persona que preguntó a una IA por su sitio.',
  'crawlers.training': 'Todos los que reúnen textos para entrenar modelos',
  'crawlers.search': 'Todos los que hacen un índice para respuestas de IA',
  'crawlers.user': 'Todos los que piden una página cuando una persona pregunta',
  'crawlers.undocumented': 'Todos aquellos cuyo operador no dice para qué',
  'crawlers.impostors': 'Los que solo dicen ser uno',
  'botWill.allow': 'Reciben páginas como todos los demás.',
  'botWill.slow': 'Todos los de un nombre reciben juntos una página cada dos segundos y esperan su turno.',
  'botWill.cached':
    'Reciben páginas que el sitio ya tiene a mano; para las otras se les pide volver más tarde.',
  'botWill.challenge': 'Reciben la comprobación, que los programas no superan.',
  'botWill.block': 'No reciben ninguna página, y se les dice por qué.',
  'sites.modeAbout':
    'Las decisiones (bloqueos, comprobaciones) valen en este sitio cuando actúa; si solo observa, todos pasan y se informa.',
  'sites.tellsOnly': 'El sitio solo observa: no se hace nada hasta que eso también se cambie.',
  'sites.inForce': 'Hay una decisión en vigor.|Hay {n} decisiones en vigor.',
};

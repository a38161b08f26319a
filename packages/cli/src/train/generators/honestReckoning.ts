// What people reckon and measure: prices and sums, orders, formulas, sizes, doses, dates. Signs of arithmetic and of logic
// stand there as close together as in code, between words of many languages, and mean what they say.

import type { Picker } from './picker.ts';
import { FIRST_NAMES, LAST_NAMES, NOUNS, PHRASES, PLACES, SENTENCES } from './words.table.ts';

/** Before and behind a sum, as the languages of shops have it. */
const ASKED: readonly string[] =
  'Total:|Sum:|Summe:|Gesamt:|Betrag:|Somme :|Total TTC :|Totale:|Suma:|Razem:|Celkem:|Итого:|Сумма:|Összesen:|Toplam:|合计：|価格：|총액:|الإجمالي:|סה"כ:|Σύνολο:|Yhteensä:|I alt:|price:|Preis:|prix :|precio:|cena:|価格は|请问：价格是多少？|Сколько стоит?|¿Cuánto cuesta?|Was kostet das?|Combien ?|Quanto costa?|Fiyatı nedir?|가격이 얼마예요?|ราคา|Wat kost het?|मूल्य:|is it|that makes|I get|we paid|so|macht|ça fait|sono|check:|Rechnung:|offer|quote for'.split(
    '|',
  );
const BEHIND: readonly string[] =
  'right?|is that correct?|can I pay by invoice?|plus shipping|incl. VAT|inkl. MwSt.|bitte Rechnung|TTC|sans frais|IVA incluida|KDV dahil|без НДС|包邮吗？|税込|배송비 포함|excl. btw|netto|brutto|per person|pro Stück|each|a month|/h|before tax|thanks|danke|merci|gracias|dziękuję|spasibo|ok?|!|?|.|...|in total|altogether|zusammen|and not more|or less'.split(
    '|',
  );
const UNITS: readonly string[] =
  'mm|cm|m|km|in|"|\'|ft|kg|g|mg|ml|l|h|min|s|%|°C|kWh|W|V|A|pcs|Stk.|x|m²|m³|cm³|USD|EUR|CHF|zł|Kč|kr|руб.|元|円|원|₹|TL|Ft|lei|đ|บาท'.split(
    '|',
  );
const TIMES: readonly string[] = ['*', ' * ', 'x', ' x ', '×', ' × ', 'X', ' mal ', ' times '];
const CHEMICALS: readonly string[] =
  'H2O H2SO4 NaOH Na2SO4 CO2 CaCO3 HCl NaCl O2 H2 C6H12O6 CH3-CH2-OH Fe2O3 NH3 NO2 K+ Cl- Ca2+ OH-'.split(
    ' ',
  );

function number(p: Picker): string {
  const whole = String(p.int(1, p.pick([9, 99, 999, 9999])));
  return p.pick([
    whole,
    whole,
    whole,
    `${whole}.${p.digits(2, 2)}`,
    `${whole},${p.digits(2, 2)}`,
    `${p.int(1, 99)},${p.digits(3, 3)}`,
    `${p.int(1, 99)}.${p.digits(3, 3)},${p.digits(2, 2)}`,
    `${p.int(1, 99)},${p.digits(3, 3)}.00`,
    `${p.int(1, 99)}'${p.digits(3, 3)}.--`,
    `${whole}.-`,
    `${whole},-`,
    `${p.int(1, 9)}/${p.int(2, 16)}`,
  ]);
}

function price(p: Picker): string {
  const amount = number(p);
  return p.pick([
    `$${amount}`,
    `$${amount}`,
    `€${amount}`,
    `${amount} €`,
    `${amount}€`,
    `£${amount}`,
    `${amount} ${p.pick(UNITS)}`,
    `¥${amount}`,
    `R$ ${amount}`,
    `CHF ${amount}`,
    `${amount}`,
    `US$${amount}`,
    `₹${amount}/-`,
  ]);
}

/** `5*100 + 10*50`, with or without what the numbers are of. */
function sum(p: Picker): string {
  const isClose = p.chance(0.4);
  return p.many(1, 4, isClose ? p.pick(['+', '+', '-']) : p.pick([' + ', ' + ', ' - ', ' / ', ', ']), () => {
    const times = p.pick(TIMES);
    return p.pick([
      `${number(p)}${times}${number(p)}`,
      `${number(p)}${times}${number(p)}`,
      `${p.int(1, 50)}${times}${price(p)}`,
      `${p.int(1, 50)} ${p.pick(NOUNS)}${times}${price(p)}`,
      `${p.int(1, 50)}${times}${p.pick(NOUNS)} (${price(p)})`,
      `${p.int(1, 50)}${times}"${p.pick(NOUNS)}" ${price(p)}`,
      `(${number(p)} ${p.pick(['+', '-'])} ${number(p)})${times}${number(p)}`,
      price(p),
      number(p),
    ]);
  });
}

function reckoned(p: Picker): string {
  const equals = p.pick(['=', ' = ', ' = ', '= ', ' => ', ' ≈ ', ': ', '＝', ' == ']);
  return p.pick([
    `${sum(p)}${equals}${price(p)}`,
    `${sum(p)}${equals}${price(p)}`,
    `${price(p)}${equals}${sum(p)}`,
    `${sum(p)}${equals}${price(p)}; ${sum(p)}${equals}${price(p)}`,
    `${sum(p)} ${p.pick(['or', 'vs', 'oder', 'ou', 'и', 'y'])} ${sum(p)}`,
    `${sum(p)}${equals}${price(p)} ${p.pick(['vs', 'or', 'and', '/'])} ${sum(p)}${equals}${price(p)}`,
    `${price(p)} ${p.pick(['-', '+', '/', '--', '–', 'to', 'or'])} ${price(p)}`,
    `${p.int(1, 99)}% of ${price(p)}${equals}${price(p)}`,
    `${price(p)} + ${p.int(1, 25)}% (${price(p)})`,
  ]);
}

/** `$${...}` is how a price of a name that is not known looks in mails. */
function bought(p: Picker): string {
  const text = reckoned(p);
  const asked = p.pick(ASKED);
  return p.pick([
    text,
    `${asked} ${text}`,
    `${asked} ${text}`,
    `${asked}${text}`,
    `${asked} ${text} ${p.pick(BEHIND)}`,
    `${asked} ${text} ${p.pick(BEHIND)}`,
    `${text} ${p.pick(BEHIND)}`,
    `${text}, ${p.pick(BEHIND)}`,
    `${text}; ${p.pick(BEHIND)}`,
    `${p.pick(SENTENCES)} ${text} ${p.pick(BEHIND)}`,
    `${text}\n${reckoned(p)}\n${p.pick(ASKED)} ${reckoned(p)}`,
    `${p.pick(PHRASES)}: ${text}. ${p.pick(SENTENCES)}`,
    `I ordered ${text} (order #${p.digits(4, 6)}) & got ${p.pick(NOUNS)}`,
    `${p.pick(NOUNS)}; ${text}; ${p.pick(PLACES)}`,
  ]);
}

function formula(p: Picker): string {
  const [x, y, z] = p.pick([
    ['x', 'y', 'z'],
    ['a', 'b', 'c'],
    ['p', 'q', 'r'],
    ['A', 'B', 'C'],
    ['n', 'k', 'm'],
  ]);
  const [a, b, c] = [p.int(1, 20), p.int(1, 99), p.int(1, 99)];
  const f = p.pick(['f', 'g', 'sin', 'cos', 'log', 'ln', 'sqrt', 'exp', 'P', 'E', 'det', 'gcd', 'max']);
  const equals = p.pick(['=', ' = ', ' <= ', ' < ', ' -> ', ' => ', ' ≠ ']);
  return p.pick([
    `${a}${x}^2 ${p.pick(['+', '-'])} ${b}${x} + ${c} = 0`,
    `${x} = (-b ± sqrt(b^2 - 4ac)) / 2a`,
    `${f}(${x})${equals}(${x}+${a})(${x}-${b})`,
    `${f}(${x})*${f}(${y})${equals}${c}`,
    `${f}(${b})/${f}(${a})${equals}${c}`,
    `${f}(${x}|${y}) = ${f}(${y}|${x})*${f}(${x})/${f}(${y})`,
    `${f}(${a}*${b})${equals}${f}(${a})+${f}(${b})`,
    `((${a}+${b})*${c})-${a}`,
    `(${a} + ${b}) * (${c} - ${a}) / ${b}`,
    `if ${x}<${y} and ${y}<${z} then ${x}<${z}`,
    `for ${x}=${a} or ${x}=${b} the ${p.pick(NOUNS)} is ${c}`,
    `(${x} and ${y}) or ${z} = (${x} or ${z}) and (${y} or ${z})`,
    `not (${x} and ${y}) <=> (not ${x}) or (not ${y})`,
    `|${x}| < ${a} => -${a} < ${x} < ${a}`,
    `${x} && !${y} || ${z}`,
    `${x} > ${a} && ${x} < ${b}: ${p.pick(NOUNS)}`,
    `{${a},${b},${c}} ∪ {${b}} = {${a},${b},${c}}`,
    `\\frac{${a}}{${b}} + \\frac{${x}}{${c}} = \\frac{${b}}{${a}}`,
    `$$\\int_0^${a} ${x}^${b} d${x} = \\frac{${a}}{${c}}$$`,
    `$${x}^${a} + ${y}^${a} = ${z}^${a}$`,
    `$\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$`,
    `${a}^${b} = ${c}, ${b}^${a} = ${c}`,
    `${x} = ${a}, ${y} = ${b}, ${z} = ${x}*${y}`,
    `${y} = m${x} + c; m = ${a}, c = -${b}`,
    `n! = n*(n-1)*...*1`,
    `(${x},${y}) -> (${x}+${a}, ${y}-${b})`,
    `${p.pick(CHEMICALS)} + ${a} ${p.pick(CHEMICALS)} -> ${p.pick(CHEMICALS)} + ${p.pick(CHEMICALS)}`,
    `5'-${p.from('ACGT', 4, 24)}-3' ${p.pick(['and', 'or', '/', '|', 'vs'])} 3'-${p.from('ACGT', 4, 24)}-5'`,
    `p < 0.0${a}; CI 95% [${a}.${b}; ${a + 1}.${c}]`,
    `{{${a},${b}},{${b},${c}}}`,
    `\\( ${x}_{${a}} \\le ${y}^{${b}} \\)`,
    `\\begin{pmatrix} ${a} & ${b} \\\\ ${c} & ${a} \\end{pmatrix}`,
    `=SUM(A${a}:A${b})*1.${c}`,
    `=IF(A${a}>0;"${p.pick(NOUNS)}";"")`,
    `=VLOOKUP(A${a},Sheet2!$A$1:$B$${b},2,FALSE)`,
    `${p.int(1, 9)}. e4 e5 ${p.int(2, 9)}. Nf3 Nc6; O-O`,
  ]);
}

function measure(p: Picker): string {
  const [a, b, c] = [p.int(1, 99), p.int(1, 400), p.int(1, 999)];
  const unit = p.pick(UNITS);
  return p.pick([
    `${a} x ${b} x ${c} ${unit} = ${b * c} ${unit}`,
    `${a}${unit} x ${b}${unit}; ${c} ${p.pick(UNITS)}`,
    `${p.int(4, 7)}'${p.int(0, 11)}" tall, ${p.int(28, 44)}"/${p.int(28, 36)}" waist`,
    `${p.int(1, 15)}/16"-${p.int(8, 40)} x ${a}-1/2" bolts; ${b} ea.`,
    `${a}/${b}R${p.int(13, 22)} ${p.digits(2, 2)}V; qty ${p.int(1, 8)}; OEM# ${p.hex(3, 6)}-${p.digits(3, 3)}`,
    `${p.int(0, 89)}°${p.int(0, 59)}'${p.int(0, 59)}.5"N ${p.int(0, 179)}°${p.int(0, 59)}'${p.int(0, 59)}.0"E`,
    `RR ${b}/${a}, HF ${c}; ${p.pick(['Ibuprofen', 'Amoxicillin', 'Metoprolol'])} ${b} mg 1-0-1`,
    `BMI = ${a}/(1.${p.digits(2, 2)}*1.${p.digits(2, 2)}) = ${p.int(17, 40)}.${p.int(0, 9)}`,
    `TSH < 0.${a} mU/l; fT4 > ${p.int(1, 9)}.${a} ng/dl`,
    `${p.int(0, 23)}:${p.digits(2, 2)}-${p.int(0, 23)}:${p.digits(2, 2)}; ${p.int(1, 28)}/${p.int(1, 12)}/${p.int(1990, 2030)}`,
    `-${a}°C < T < ${b}°C; RH <= ${a}%`,
    `Part no. ${p.hex(2, 4)}/${p.hex(1, 3)}-${c};${a} "rev. ${p.pick(['A', 'B', 'C'])}"`,
    `${a} ${p.pick(['LHR', 'JFK', 'VIE', 'CDG'])}->${p.pick(['NRT', 'DXB', 'ARN'])} ${p.int(1, 28)}/${p.int(1, 12)} & back`,
    `K${a}, P${p.int(1, 9)} *K3, P1; rep from * to end`,
    `${a} cups ${p.pick(NOUNS)}; 1/2 tsp ${p.pick(NOUNS)}; ${b}°F/${a} min`,
    `${p.pick(FIRST_NAMES)} ${p.pick(LAST_NAMES)} (${p.pick(['m', 'w', 'f', 'd'])}, ${a}J.): ${p.pick(PHRASES)}; ${b}/${c}`,
    `id;name;price\n1;"${p.pick(NOUNS)} 1/2""";12,90\n2;${p.pick(LAST_NAMES)};-3\n3;${p.pick(NOUNS)};+43 1 ${p.digits(3, 6)}`,
    `${p.pick(NOUNS)},"x, ${p.pick(NOUNS)}",'${p.pick(NOUNS)}'\n${a},"q ""${p.pick(NOUNS)}""",`,
    `§ ${a} Abs. ${p.int(1, 9)} Nr. ${p.int(1, 9)}; Art. ${b} (1) lit. f)`,
  ]);
}

/** Returns a text with numbers in it as people write them. */
export function honestReckoning(p: Picker): string {
  const kind = p.int(0, 99);
  if (kind < 55) return bought(p);
  if (kind < 80) {
    const text = formula(p);
    return p.chance(0.6)
      ? text
      : `${p.pick(['Solve', 'Prove that', 'why is', 'if', 'Löse:', 'so', p.pick(PHRASES)])} ${text}${p.maybe(0.5, ` ${p.pick(BEHIND)}`)}`;
  }
  return p.chance(0.7) ? measure(p) : `${p.pick(SENTENCES)} ${measure(p)} ${p.pick(BEHIND)}`;
}

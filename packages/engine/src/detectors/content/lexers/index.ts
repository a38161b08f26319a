// The door of the lexers.

export { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
export { readTokenClasses, TOKEN_CLASS_COUNT, TOKEN_CLASS_NAMES, tokenClasses } from './tokenClasses.ts';
export { findSql, isSqlInjection, type SqlFinding } from './sql.ts';
export { findScript, isScriptInjection } from './html.ts';
export type { ScriptConstruct, ScriptFinding } from './htmlTags.ts';
export { findTraversal, type PathFinding } from './path.ts';
export { type CommandFinding, findCommand } from './shell.ts';
export { findJava } from './java.ts';
export { findLdap } from './ldap.ts';
export { findNoSql } from './nosql.ts';
export { findPhp } from './php.ts';
export { findTemplate } from './template.ts';

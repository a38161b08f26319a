// The door of request templates.

export type { Answer } from './answer.ts';
export { runTemplate, type TemplateResult, type TemplateSurroundings } from './runTemplate.ts';
export { readTemplate } from './template.ts';

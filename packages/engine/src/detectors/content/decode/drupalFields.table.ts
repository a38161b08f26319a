// Fields that Drupal is known to have, by the names its forms give them, for requests without hints of the module.
// From Drupal core 10 and 11 and from the CRS plugin for Drupal (coreruleset/drupal-rule-exclusions-plugin, Apache-2.0).

/** Forms that ask for a password, by form id. */
export const PASSWORD_FORMS: ReadonlySet<string> = new Set([
  'user_login_form',
  'user_login_block',
  'user_register_form',
  'user_form',
  'user_pass_reset',
  'install_configure_form',
]);

/** The paths they and their REST counterparts are sent to, without a prefix of language. */
export const PASSWORD_PATHS: readonly RegExp[] = [
  /\/user\/(?:login|register|password|logout)(?:\/|$)/,
  /\/user\/\d{1,10}\/edit$/,
  /\/user\/reset\//,
  /^\/user$/,
  /\/admin\/people\/create$/,
  /\/entity\/user$/,
  /\/jsonapi\/user\/user/,
  /\/oauth\/token$/,
];

/** Names of the fields with a password in these forms, as PHP has them. */
export const PASSWORD_FIELDS: ReadonlySet<string> = new Set([
  'pass',
  'pass[pass1]',
  'pass[pass2]',
  'current_pass',
  'account[pass]',
  'account[pass][pass1]',
  'account[pass][pass2]',
  'password',
  'client_secret',
  '/pass',
  '/pass/0/value',
  '/pass/0/existing',
  '/data/attributes/pass/value',
  '/data/attributes/pass/existing',
]);

/** Fields that Drupal itself fills in; taken for tokens when they look like one. */
export const TOKEN_FIELDS: ReadonlySet<string> = new Set([
  'form_token',
  'form_build_id',
  'form_id',
  'token',
  'honeypot_time',
  'captcha_sid',
  'captcha_token',
  'antibot_key',
  'ajax_page_state[libraries]',
  'g-recaptcha-response',
  'cf-turnstile-response',
]);

/** Names of rich text in forms, where the form has but one format and does not ask for it. */
export const HTML_FIELD: RegExp =
  /^(?:body|comment_body|description|settings\[body\])(?:\[\d{1,4}\])?\[(?:value|summary)\]$/;

/** Pointers to rich text in JSON:API and REST. */
export const API_HTML_FIELD: RegExp =
  /^\/(?:data\/attributes\/)?(?:body|comment_body|description|info|field_[a-z0-9_]{1,64})(?:\/\d{1,4})?\/(?:value|processed|summary)$/;

export interface CodeField {
  /** Of the path, without a prefix of language. */
  readonly path: RegExp;
  /** Of the name as PHP has it. */
  readonly name: RegExp;
}

/** Where those who run the site enter configuration, patterns, style sheets and templates. */
export const CODE_FIELDS: readonly CodeField[] = [
  { path: /\/admin\/config\/development\/configuration\//, name: /^(?:import|export|custom_entity_id)$/ },
  { path: /\/admin\/config\/development\/asset-injector\//, name: /^(?:code|conditions.*)$/ },
  { path: /\/admin\/config\/content\/formats\//, name: /^(?:editor|filters)\[/ },
  { path: /\/admin\/config\/people\/accounts/, name: /^user_mail_/ },
  { path: /\/admin\/config\/development\/(?:maintenance|logging)/, name: /^maintenance_mode_message$/ },
  {
    path: /\/admin\/structure\/views\//,
    name: /^(?:options|style_options|row_options|fields|query|page|block)\b/,
  },
  {
    path: /\/admin\/structure\/webform\//,
    name: /^(?:elements|source_elements|css|javascript|properties|settings|body)/,
  },
  { path: /\/admin\/structure\/block\//, name: /^(?:visibility|settings)\[/ },
  { path: /\/admin\/structure\/contact\//, name: /^(?:reply|message)$/ },
  { path: /\/admin\/structure\/types\//, name: /^(?:settings|help|description|visibility)/ },
  { path: /\/admin\/config\/regional\/translate/, name: /^strings\[/ },
  { path: /\/admin\/config\/search\//, name: /^(?:tags|patterns?|pathauto)/ },
  { path: /\/admin\/config\/system\//, name: /^(?:tracking|container|data_layer|snippet|visibility)/ },
  {
    path: /\/admin\/(?:appearance|reports|config\/(?:media|services|user-interface))\//,
    name: /^(?:custom|code|css)/,
  },
];

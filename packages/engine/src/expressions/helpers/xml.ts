// Helpers that read one value out of an XML document, '' where there is none. Events of Windows are XML, and a
// parser asks one line for some thirty values: the document is read once.

import { pure, text, type HelperTable } from './define.ts';
import { Memo } from './memo.ts';
import { parseXml, textOf, type XmlElement } from './xmlDocument.ts';
import { compileXmlPath, findElement, splitName } from './xmlPath.ts';

export function xmlHelpers(log: (message: string) => void): HelperTable {
  const documents = new Memo(4, parseXml);
  const paths = new Memo(512, (path) => {
    const compiled = compileXmlPath(path);
    if (compiled === undefined) log(`'${path}' is not a path into XML`);
    return compiled;
  });

  function find(xml: string, path: string): XmlElement | undefined {
    const compiled = paths.get(path);
    const document = compiled === undefined ? undefined : documents.get(xml);
    return compiled === undefined || document === undefined ? undefined : findElement(document, compiled);
  }

  return {
    XMLGetNodeValue: pure((args) => {
      const element = find(text(args, 0), text(args, 1));
      return element === undefined ? '' : textOf(element);
    }, 2),
    XMLGetAttributeValue: pure((args) => {
      const { space, local } = splitName(text(args, 2));
      const attribute = find(text(args, 0), text(args, 1))?.attributes.find(
        ({ space: ownSpace, key }) => (space === '' || space === ownSpace) && local === key,
      );
      return attribute?.value ?? '';
    }, 3),
  };
}

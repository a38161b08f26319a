// Helpers on URLs, as Go's net/url reads them. Unescaping text that is not properly escaped gives the text
// back unchanged.

import { pure, text, type HelperTable } from './define.ts';
import { ListMap } from './maps.ts';
import {
  parseQueryLenient,
  parseQueryStrict,
  pathEscape,
  queryEscape,
  queryOfUrl,
  unescapeUrl,
} from './urlText.ts';

export function urlHelpers(log: (message: string) => void): HelperTable {
  return {
    PathEscape: pure((args) => pathEscape(text(args, 0)), 1),
    QueryEscape: pure((args) => queryEscape(text(args, 0)), 1),
    PathUnescape: pure((args) => unescapeUrl(text(args, 0), false) ?? text(args, 0), 1),
    QueryUnescape: pure((args) => unescapeUrl(text(args, 0), true) ?? text(args, 0), 1),
    ParseUri: pure((args) => {
      const query = queryOfUrl(text(args, 0));
      const values = query === undefined ? undefined : parseQueryStrict(query);
      if (values === undefined) log(`ParseUri: '${text(args, 0)}' is no URI that can be read`);
      return values ?? new ListMap();
    }, 1),
    ParseQuery: pure((args) => parseQueryLenient(text(args, 0)), 1),
    ExtractQueryParam: pure((args) => {
      const uri = text(args, 0);
      const question = uri.indexOf('?');
      return question < 0 ? [] : parseQueryLenient(uri.slice(question + 1)).get(text(args, 1));
    }, 2),
  };
}

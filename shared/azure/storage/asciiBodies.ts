import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * Writes the JSON of requests in ASCII. Names of objects are other people's text, and a reader of a transaction that takes
 * U+2028 for the end of a line refuses all hundred writes in it: one name would keep the ledger from every other.
 */
export const asciiBodies: PipelinePolicy = {
  name: 'asciiBodies',
  sendRequest: (request, next) => {
    const { body } = request;
    // Outside of JSON a table's request holds no such character: addresses are percent-encoded.
    if (typeof body === 'string') request.body = escaped(body);
    return next(request);
  },
};

/** JSON that says the same in ASCII. */
export function escaped(json: string): string {
  return asciiOnly.test(json) ? json : json.replaceAll(/[^\0-~]/g, escapedUnit);
}

const asciiOnly = /^[\0-~]*$/;

/** Of one UTF-16 unit. */
function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

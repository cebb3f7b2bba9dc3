/** A literal written into JSON exactly as given: digits beyond 2^53, `0.0`, or a string with escapes of AWS's own serializers. */
export interface JsonLiteral {
  readonly rawJSON: string;
}

export type JsonValue = string | number | boolean | null | JsonLiteral | readonly JsonValue[] | JsonObject;

/** A JSON object; members that are undefined are not written. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Keeps a JSON primitive's source text, which a JavaScript number or string would lose. */
export function literal(text: string): JsonLiteral {
  return json.rawJSON(text);
}

// In V8 since Node 21, not yet in TypeScript's es2024 library: https://tc39.es/proposal-json-parse-with-source/
const json = JSON as unknown as { rawJSON(text: string): JsonLiteral };

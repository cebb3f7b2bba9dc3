import { createPipelineRequest, type PipelineRequest } from '@azure/core-rest-pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiBodies } from '../../../../shared/azure/storage/asciiBodies.ts';

async function sent(body: string): Promise<string> {
  const request = createPipelineRequest({ url: 'https://example.table.core.windows.net', body });
  let passed: PipelineRequest['body'];
  await asciiBodies.sendRequest(request, async (given) => {
    passed = given.body;
    return { status: 204, headers: given.headers, request: given };
  });
  return String(passed);
}

describe('asciiBodies', () => {
  it('sends any text as ASCII that reads as the same text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const body = await sent(JSON.stringify({ text }));
        expect(body).toMatch(/^[\0-~]*$/);
        expect(JSON.parse(body)).toEqual({ text });
      }),
    );
  });
});

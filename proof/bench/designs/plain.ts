import { gunzipSync } from 'node:zlib';
import { createHttpHeaders, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import { LogsIngestionClient } from '@azure/monitor-ingestion';
import { type Counts, countBody, type Design, repeated } from '../design.ts';
import { plainRow } from './plainRow.ts';

/**
 * The connector as one would write it first: each file is unpacked, parsed and mapped whole and handed to Azure's own
 * client, which gzips at level 6 and takes no other. The client's transport answers 204 without a network.
 */
export const plain: Design = {
  async prepare({ files, passes }) {
    let counts: Counts | undefined;
    const client = new LogsIngestionClient(
      'https://bench.ingest.monitor.azure.com',
      { getToken: async () => ({ token: 'bench', expiresOnTimestamp: Date.now() + 3_600_000 }) },
      {
        httpClient: {
          async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
            if (counts !== undefined) countBody(counts, 0, ...sizesOf(request.body));
            return { status: 204, headers: createHttpHeaders(), request };
          },
        },
      },
    );
    return async (current) => {
      counts = current;
      for (const file of repeated(files, passes)) {
        const json = gunzipSync(file.whole());
        const sourceObject = file.name.slice(-39, -8);
        const rows = JSON.parse(json.toString()).Records.map((record: never) => plainRow(record, sourceObject));
        await client.upload('dcr-bench', 'Custom-AWSCloudTrail', rows);
        current.files += 1;
        current.bytesIn += json.length;
        current.rows += rows.length;
      }
    };
  },
};

function sizesOf(body: PipelineRequest['body']): [uncompressed: number, sent: number] {
  // The client passes on what its gzip policy made, as bytes; their last four tell the uncompressed length.
  if (!(body instanceof Uint8Array)) throw new TypeError('the client no longer sends a compressed body');
  return [Buffer.from(body.buffer, body.byteOffset, body.length).readUInt32LE(body.length - 4), body.length];
}

import { randomUUID } from 'node:crypto';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import { escaped } from './asciiBodies.ts';
import type { Entity, EntityKey, TableWrite } from './table.ts';

/** What a transaction does to one entity. */
export type TableOperation = TableWrite | { readonly kind: 'delete'; readonly key: EntityKey };

/** All of the operations or none; the new ETag of each, '' for one that was deleted. @throws RestError with the service's code */
export type Submit = (operations: readonly TableOperation[], abortSignal: AbortSignal) => Promise<readonly string[]>;

const http = createDefaultHttpClient();

/**
 * Entity group transactions through the client's own pipeline, with its credential and policies, but with a body written in
 * one go: the client makes a client, a pipeline and a request for every entity in it, at ten times the cost.
 * https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
 */
export function submitTo(client: Pick<TableClient, 'pipeline' | 'tableName' | 'url'>): Submit {
  const [account = '', signature] = client.url.split('?', 2);
  const base = account.endsWith('/') ? account : `${account}/`;
  const url = `${base}$batch${signature === undefined ? '' : `?${signature}`}`;
  return async (operations, abortSignal) => {
    const id = randomUUID();
    const request = createPipelineRequest({
      ...{ url, method: 'POST', abortSignal },
      // The client's own judgement: it refuses plain HTTP unless its options allow it.
      allowInsecureConnection: base.startsWith('http:'),
      headers: createHttpHeaders({
        accept: 'application/json',
        'content-type': `multipart/mixed; boundary=batch_${id}`,
        dataserviceversion: '3.0',
        maxdataserviceversion: '3.0;NetFx',
        'x-ms-version': apiVersion,
      }),
      body: Buffer.from(transactionBody(id, `${base}${client.tableName}`, operations), 'latin1'),
    });
    const { status, bodyAsText } = await client.pipeline.sendRequest(http, request);
    return etagsOf(status, bodyAsText ?? '', operations);
  };
}

/** https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services: as the client's own requests have it. */
const apiVersion = '2019-02-02';

/** In ASCII. */
function transactionBody(id: string, table: string, operations: readonly TableOperation[]): string {
  let body = `--batch_${id}\r\nContent-Type: multipart/mixed; boundary=changeset_${id}\r\n\r\n`;
  for (const operation of operations) {
    body += `--changeset_${id}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
    body += requestOf(table, operation);
  }
  return `${body}--changeset_${id}--\r\n--batch_${id}--\r\n`;
}

const jsonHeaders =
  'Accept: application/json;odata=minimalmetadata\r\nContent-Type: application/json\r\nDataServiceVersion: 3.0\r\nPrefer: return-no-content\r\n';

function requestOf(table: string, operation: TableOperation): string {
  switch (operation.kind) {
    case 'insert':
      return `POST ${table} HTTP/1.1\r\n${jsonHeaders}\r\n${entityJson(operation.entity)}\r\n`;
    case 'merge': {
      const { entity, etag } = operation;
      return `PATCH ${addressOf(table, entity)} HTTP/1.1\r\n${jsonHeaders}If-Match: ${etag}\r\n\r\n${entityJson(entity)}\r\n`;
    }
    case 'delete':
      return `DELETE ${addressOf(table, operation.key)} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\nIf-Match: *\r\n\r\n\r\n`;
  }
}

function addressOf(table: string, { partitionKey, rowKey }: EntityKey): string {
  return `${table}(PartitionKey='${encodeKey(partitionKey)}',RowKey='${encodeKey(rowKey)}')`;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key.replaceAll("'", "''"));
}

/** Dates are the one type that has to be named. https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations */
function entityJson({ partitionKey, rowKey, ...properties }: Entity): string {
  const typed: Record<string, unknown> = { PartitionKey: partitionKey, RowKey: rowKey, ...properties };
  for (const name in properties) {
    if (properties[name] instanceof Date) typed[`${name}@odata.type`] = 'Edm.DateTime';
  }
  return escaped(JSON.stringify(typed));
}

/** A transaction is answered part by part, in the order of its operations; one that failed by the failure alone. */
function etagsOf(status: number, body: string, operations: readonly TableOperation[]): readonly string[] {
  const parts = status === 202 ? body.split('--changesetresponse_').slice(1, -1) : [];
  const etags = parts.flatMap((part) =>
    /HTTP\/1\.1 2\d\d/.test(part) ? [/^ETag: *(.+?)\r?$/im.exec(part)?.[1] ?? ''] : [],
  );
  if (etags.length === operations.length && etags.every(isTold)) return etags;
  throw refusal(status, body);

  function isTold(etag: string, index: number): boolean {
    return etag !== '' || operations[index]?.kind === 'delete';
  }
}

function refusal(status: number, body: string): RestError {
  const partStatus = /HTTP\/1\.1 ([45]\d\d)/.exec(body)?.[1];
  const code = /"code":\s*"(\w+)"/.exec(body)?.[1] ?? /<(?:\w+:)?code>(\w+)</i.exec(body)?.[1];
  return new RestError('the transaction failed', {
    statusCode: partStatus === undefined ? status : Number(partStatus),
    ...(code === undefined ? {} : { code }),
  });
}

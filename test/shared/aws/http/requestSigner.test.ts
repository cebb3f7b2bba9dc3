import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { requestSigner } from '../../../../shared/aws/http/requestSigner.ts';

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "Example: GET Object"
const documented = {
  request: {
    method: 'GET',
    path: '/test.txt',
    headers: {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': emptyHash,
    },
    payloadHash: emptyHash,
  },
  keys: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  at: Date.UTC(2013, 4, 24),
};

describe('requestSigner', () => {
  it("gives the signature of AWS's own example", () => {
    const { request, keys, at } = documented;
    const headers = requestSigner('s3', 'us-east-1')(request, keys, at);
    expect(headers).toEqual({
      ...request.headers,
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    });
  });

  it('signs as the SDK does, session token included', async () => {
    const keys = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'a+long/token==' };
    const { headers } = await sentBySdk(keys);
    const authorization = headers['authorization'] ?? '';
    const signedNames = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
    const added = new Set(['x-amz-date', 'x-amz-security-token']);
    const own = signedNames.filter((name) => !added.has(name)).map((name) => [name, headers[name] ?? '']);
    const signed = requestSigner('sqs', 'eu-central-1')(
      {
        method: 'POST',
        path: '/',
        headers: Object.fromEntries(own),
        payloadHash: headers['x-amz-content-sha256'] ?? '',
      },
      keys,
      dateOf(headers['x-amz-date']),
    );
    expect(signed['authorization']).toBe(authorization);
    expect(signed['x-amz-security-token']).toBe(keys.sessionToken);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "Example: GET Bucket Lifecycle"
  it("signs a query as AWS's own example does", () => {
    const { keys, at, request } = documented;
    const { range: _range, ...headers } = request.headers;
    const signed = requestSigner('s3', 'us-east-1')({ ...request, headers, path: '/', query: 'lifecycle=' }, keys, at);
    expect(signed['authorization']).toContain(
      'Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
  });

  it('takes a new key for another day and for other credentials, and the first again', () => {
    const { request, keys, at } = documented;
    const sign = requestSigner('s3', 'us-east-1');
    const signature = (secretAccessKey: string, when: number) =>
      sign(request, { ...keys, secretAccessKey }, when)['authorization'];
    const first = signature(keys.secretAccessKey, at);
    const nextDay = signature(keys.secretAccessKey, at + 86_400_000);
    const other = signature('other', at);
    expect(new Set([first, nextDay, other]).size).toBe(3);
    expect(signature(keys.secretAccessKey, at)).toBe(first);
  });
});

/** What the SDK would send, caught at its own seam. */
async function sentBySdk(credentials: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): Promise<{ headers: Record<string, string> }> {
  let sent: { headers: Record<string, string> } | undefined;
  const client = new SQSClient({
    region: 'eu-central-1',
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { headers: Record<string, string> }) => {
        sent = request;
        return Promise.reject(new Error('caught'));
      },
    },
  });
  await expect(client.send(new ListQueuesCommand({}))).rejects.toThrow('caught');
  if (sent === undefined) {
    throw new Error('the SDK sent nothing');
  }
  return sent;
}

function dateOf(basic = ''): number {
  return Date.parse(basic.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

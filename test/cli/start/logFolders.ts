import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SentRecord } from './deliveryCheck.ts';

/** Writes log files in many guises and remembers every record. */
export class LogFolder {
  readonly folder: string;
  readonly sent = new Map<string, SentRecord>();
  #seed: number;

  constructor(folder: string, seed = 1) {
    this.folder = folder;
    this.#seed = seed;
  }

  /** Writes one file of so many records, in the guise its number says, and returns its path below the folder. */
  add(records: number, guise: number = this.#draw(guises.length), name = `f${this.sent.size}`): string {
    const { path, pack, pretty } = guises[guise % guises.length] ?? (guises[0] as Guise);
    const file = path(this.#fileName(name), name);
    this.write(file, records, pack, pretty);
    return file;
  }

  write(file: string, records: number, pack: Pack = gzipSync, pretty = false): void {
    const texts = Array.from({ length: records }, (_, index) => {
      const id = this.#uuid();
      const text = this.record(id, pretty);
      this.sent.set(id, { file, index, text });
      return text;
    });
    this.put(
      file,
      pack(
        Buffer.from(pretty ? `{\r\n\t"Records" : [ ${texts.join(' ,\n')} ]\n}\n` : `{"Records":[${texts.join(',')}]}`),
      ),
    );
  }

  put(file: string, bytes: Uint8Array | string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }

  /** Numbers, escapes and white space as no serialiser of ours would write them. */
  record(id: string, pretty: boolean): string {
    const space = pretty ? ' \t' : '';
    const number = ['1e3', '0.10', '-0', '12345678901234567890', '1.0E+2', '0'][this.#draw(6)];
    const text = ['"a\\u00e9\\/b"', '"plain"', '"\\ud83d\\ude00 😀"', '"{\\"x\\": 1 }"', '" two  spaces "', '"=+&é"'][
      this.#draw(6)
    ];
    const parameters = `{${space}"n":${space}${number},"s":${text},"deep":{"a":[1,${space}2,{"b":null}],"e":{},"f":[]}}`;
    const long = this.#draw(40) === 0 ? `,"long":"${'x'.repeat(this.#draw(20_000))}"` : '';
    const name = ['GetObject', 'PutObject', 'Decrypt', 'AssumeRole'][this.#draw(4)];
    return [
      `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA:${this.#draw(1e6)}","arn":"arn:aws:sts::111122223333:assumed-role/é/x","accountId":"011122223333"}`,
      `${space}"eventTime":"2026-11-01T12:${String(this.#draw(60)).padStart(2, '0')}:07Z"`,
      `"eventSource":"s3.amazonaws.com","eventName":"${name}","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7"`,
      `"userAgent":"[${'agent '.repeat(this.#draw(9))}]","requestParameters":${parameters}`,
      `"responseElements":${this.#draw(2) ? 'null' : `{"r":[${number}]${long}}`}`,
      `"additionalEventData":{"bytesTransferredIn":0.0},"requestID":"R${this.#draw(1e9)}","eventID":"${id}"`,
      `"readOnly":${this.#draw(2) ? 'true' : 'false'},"resources":[{"ARN":"arn:aws:s3:::b","type":${text}}]`,
      `"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"`,
      `"extra":{"number":${number},"text":${text}}}`,
    ].join(`,${space}`);
  }

  #fileName(name: string): string {
    return `111122223333_CloudTrail_us-east-1_20261101T1205Z_${name.padStart(16, 'A')}.json`;
  }

  #uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.#draw(0x1_0000_0000).toString(16).padStart(8, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  /** 0 <= n < below; mulberry32. */
  #draw(below: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  }
}

type Pack = (bytes: Buffer) => Uint8Array;

interface Guise {
  readonly path: (fileName: string, name: string) => string;
  readonly pack: Pack;
  readonly pretty: boolean;
}

const plain: Pack = (bytes) => bytes;
const inTwoMembers: Pack = (bytes) =>
  Buffer.concat([gzipSync(bytes.subarray(0, bytes.length >> 1)), gzipSync(bytes.subarray(bytes.length >> 1))]);
const afterMark: Pack = (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
const day = 'us-east-1/2026/11/01';

/** Layouts, names and encodings in which log files lie on people's disks. */
const guises: readonly Guise[] = [
  { path: (file) => `AWSLogs/111122223333/CloudTrail/${day}/${file}.gz`, pack: gzipSync, pretty: false },
  { path: (file) => `AWSLogs/111122223333/CloudTrail/${day}/${file}`, pack: plain, pretty: false },
  { path: (file) => `AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/${day}/${file}`, pack: gzipSync, pretty: true },
  { path: (file) => `a prefix/é+&=/AWSLogs/111122223333/CloudTrail/${day}/${file}.gz`, pack: gzipSync, pretty: false },
  {
    path: (file) =>
      `AWSLogs/111122223333/CloudTrail-Insight/${day}/${file.replace('_CloudTrail_', '_CloudTrail-Insight_')}.gz`,
    pack: inTwoMembers,
    pretty: false,
  },
  { path: (file) => `AWSLogs/111122223333/CloudTrail-NetworkActivity/${day}/${file}.gz`, pack: plain, pretty: true },
  { path: (file) => `111122223333/CloudTrail/${day}/${file}.gz`, pack: gzipSync, pretty: false },
  { path: (file) => `${file}.gz`, pack: gzipSync, pretty: false },
  { path: (_, name) => `exported/${name} with space + & é = 100%.json`, pack: plain, pretty: true },
  { path: (_, name) => `exported/AWSLogs/odd/${name}.json`, pack: afterMark, pretty: true },
  { path: (_, name) => `${name}/events.json`, pack: plain, pretty: false },
  { path: (_, name) => `${name}/events.gz`, pack: gzipSync, pretty: false },
  { path: (_, name) => `${name}/a_b/events.JSON`, pack: gzipSync, pretty: false },
];

export const guiseCount = guises.length;

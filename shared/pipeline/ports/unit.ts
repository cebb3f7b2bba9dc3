import type { Coordinates } from '../../words/errors.ts';

/** What a unit is called: unique for one destination and AWS partition. A log file's scope is its bucket, its name the key. */
export interface UnitName {
  readonly scope: string;
  readonly name: string;
}

/** What is known of a unit before its content is read. */
export interface UnitDescription {
  /** The text for the column `SourceObject`, about 30 bytes. */
  readonly sourceObject: string;
  /** ISO time of delivery, to the minute; never the time of an event. */
  readonly deliveredAt?: string;
}

/** A unit as its ledger entry knows it: found by name, described without reading it. */
export type NamedUnit = UnitName & UnitDescription;

/**
 * What is ingested as a whole: a log file, or the events of a time window. Whoever announces it describes it once, and the
 * description is carried, so that nothing behind has to read names.
 */
export interface Unit extends NamedUnit {
  /** As a sentence names it: `s3://bucket/key`. */
  readonly title: string;
  /** As events and failures name it. */
  readonly at: Coordinates;
  /** Size of what will be read, as announced. */
  readonly sizeBytes?: number;
  /** Version of the content, as announced. */
  readonly etag?: string;
  /** How many places it may lie in: the second is tried when nothing is found in the first. */
  readonly places: number;
  /** One request for the content in one of its places, counted from 0. @throws ConnectorError */
  open(place: number, signal: AbortSignal): Promise<UnitContent>;
}

export interface UnitContent {
  /** Of what was found, which a second place describes otherwise. */
  readonly found: UnitDescription;
  /** Version of the content; undefined where nobody tells. */
  readonly etag: string | undefined;
  /** What will be read; undefined where nobody tells. */
  readonly sizeBytes?: number | undefined;
  readonly encoding: 'gzip' | 'plain';
  /** The part of its name that cannot be explained, if there is one: then the content must show that it is a log. */
  readonly strange?: string | undefined;
  /** As stored. @throws ConnectorError 'object-cut' when the connection breaks. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What was not read is not wanted any more. To be called in the end, also when everything was read. */
  close(): void;
}

/** The content's identity: its version, CRC-32 and length of the gzip trailer, which cost nothing, and a hash that nobody can imitate. */
export interface ContentIdentity {
  readonly etag?: string;
  /** SHA-256 of the bytes as stored, in base64url: a tenth of what is in them. */
  readonly sha256?: string;
  readonly crc32?: number;
  readonly length?: number;
}

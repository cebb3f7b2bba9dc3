/** An entry of `packages` in package-lock.json (lockfileVersion 3). */
interface Locked {
  readonly version?: string;
  readonly license?: string;
  /** `sha512-` and base64. */
  readonly integrity?: string;
}

export interface LockFile {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * The packages inside the bundle as a CycloneDX 1.6 document (https://cyclonedx.org/docs/1.6/json/). Only those: what tests
 * and the local clouds use is never deployed. Without a time and a serial number, so that the same sources give the same bytes.
 *
 * @param folders of the bundled packages, as the lock file calls them
 */
export function billOfMaterials(lock: LockFile, folders: readonly string[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purl(lock.name, lock.version),
        name: lock.name,
        version: lock.version,
        licenses: [{ expression: 'MIT' }],
      },
    },
    components: folders.map((folder) => component(lock, folder)),
  };
}

function component(lock: LockFile, folder: string): object {
  const locked = lock.packages[folder];
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (locked?.version === undefined) throw new Error(`${folder} was bundled, and package-lock.json does not have it`);
  const { version, license, integrity } = locked;
  return {
    type: 'library',
    // One version may lie in several folders.
    'bom-ref': `${purl(name, version)}#${folder}`,
    name,
    version,
    purl: purl(name, version),
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(integrity?.startsWith('sha512-')
      ? {
          hashes: [
            { alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') },
          ],
        }
      : {}),
  };
}

/** https://github.com/package-url/purl-spec: the @ of a scope is written as %40. */
const purl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

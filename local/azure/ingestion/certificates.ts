import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A certificate authority and a server certificate for loopback, made for one run. */
export interface LoopbackCertificates {
  /** PEM of the authority: what a client must trust. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const dayMs = 86_400_000;

/** Valid for a month, from yesterday: TLS reads the machine's clock, never the project's. */
export async function createLoopbackCertificates(now: number): Promise<LoopbackCertificates> {
  const validity = { notBeforeDate: new Date(now - dayMs), notAfterDate: new Date(now + 30 * dayMs) };
  const common = { ...validity, keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Local development authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  if (!new X509Certificate(leaf.cert).verify(new X509Certificate(ca.cert).publicKey)) {
    throw new Error('the server certificate is not signed by its authority');
  }
  return { ca: ca.cert, certificate: leaf.cert, key: leaf.private };
}

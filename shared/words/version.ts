/** As in package.json, which a test compares; the bundle has no package.json beside it that code could read. */
export const version = '0.1.0';

/** How the connector names itself to every service that it calls: a product and its version (RFC 9110, section 10.1.5). */
const product = 'cloudtrail-sentinel-connector';
export const userAgent = `${product}/${version}`;

/** The same for clients of Azure's SDK, which put their own name behind it. */
export const azureUserAgent = { userAgentOptions: { userAgentPrefix: userAgent } } as const;

/** The same for clients of AWS's SDK. */
export const awsUserAgent = { customUserAgent: [[product, version] as [string, string]] };

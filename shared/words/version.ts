/** As in package.json, which a test compares; the bundle has no package.json beside it that code could read. */
export const version = '0.1.0';

/** How the connector names itself to the services that it calls: a product and its version (RFC 9110, section 10.1.5). */
export const userAgent = `cloudtrail-sentinel-connector/${version}`;

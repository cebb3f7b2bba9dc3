/** True for the folder, or the test file, that another AWS service keeps below `AWSLogs/<account>/`. */
export function isOtherService(folder: string): boolean {
  return otherServices.has(folder.toLowerCase());
}

/**
 * Services known to share a bucket with CloudTrail. A name missing here costs a failed entry for each message, which says so;
 * a name too many would hide a layout of CloudTrail, so nothing here is a pattern.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html and the services' own pages.
 */
const otherServices: ReadonlySet<string> = new Set([
  'bedrockmodelinvocationlogs',
  'cloudfront',
  // Query results: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-lake-query-results.html
  'cloudtrail-lake',
  'config',
  'configwritabilitycheckfile',
  'elasticloadbalancing',
  'elbaccesslogtestfile',
  'elbconnectionlogtestfile',
  'elbhealthchecklogtestfile',
  'globalaccelerator',
  'guardduty',
  'kafkabrokerlogs',
  'network-firewall',
  'redshift',
  'route53',
  'route53resolver',
  'verifiedaccess',
  'vpcdnsquerylogs',
  'vpcflowlogs',
  'vpclattice',
  'waflogs',
]);

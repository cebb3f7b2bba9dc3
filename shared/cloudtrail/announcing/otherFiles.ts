/**
 * Files that other services write where a person lets them, so that only their names tell. Each is as strict as the
 * service is, since what is named here is never read.
 */
const files: readonly (readonly [name: RegExp, what: string])[] = [
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-log-keyname-format, simple or partitioned
  [/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/, "a server access log of S3's"],
  // https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html and its delivery channel
  [/(?:^|\/)ConfigWritabilityCheckFile$/, "a test file of AWS Config's"],
  [
    /(?:^|\/)\d{12}_Config_[a-z0-9-]+_(?:ConfigSnapshot|ConfigHistory|OversizedChangeNotification)_[^/]+$/,
    'a file of AWS Config',
  ],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
  [
    /(?:^|\/)(?:conn_log\.|health_check_log\.)?\d{12}_elasticloadbalancing_[a-z0-9-]+_[^/]+\.log(?:\.gz)?$/,
    'a log of Elastic Load Balancing',
  ],
  [/(?:^|\/)ELB(?:Access|Connection|HealthCheck)LogTestFile$/, "a test file of Elastic Load Balancing's"],
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html, .../resolver-query-logs-choosing-target-resource.html
  [
    /(?:^|\/)\d{12}_(?:vpcflowlogs|vpcdnsquerylogs|waflogs|redshift|network-firewall|vpclattice|verifiedaccess)_[^/]+$/i,
    'a log of another service',
  ],
  // https://docs.aws.amazon.com/waf/latest/developerguide/logging-kinesis.html
  [/(?:^|\/)aws-waf-logs-[\w-]+-\d{4}(?:-\d\d){5}-[0-9a-f-]{36}(?:\.gz)?$/, 'a log of AWS WAF'],
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
  [/(?:^|[/.\-_])E[A-Z0-9]{8,20}\.\d{4}-\d\d-\d\d-\d\d\.[0-9a-f]{8}\.(?:gz|log|json|parquet)$/, 'a log of CloudFront'],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
  [/(?:^|\/)\d{4}-\d\d-\d\dT\d\d-\d\dZ\/manifest\.(?:json|checksum)$/, 'an inventory of S3'],
  [/(?:^|\/)hive\/dt=\d{4}-\d\d-\d\d-\d\d-\d\d\/symlink\.txt$/, 'an inventory of S3'],
  [/(?:^|\/)data\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:csv\.gz|orc|parquet)$/, 'an inventory of S3'],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage_lens_view_metrics_export_manifest.html
  [/(?:^|\/)StorageLens\/[^/]+\/[^/]+\/V_\d+\/(?:manifests|reports)\//, 'a report of S3 Storage Lens'],
];

/** What a file is, by its name alone; undefined where the name tells nothing. */
export function nameOtherFile(key: string): string | undefined {
  return files.find(([name]) => name.test(key))?.[1];
}

/** One AWS account of the generated organisation. */
export interface Account {
  readonly id: string;
  /** Set when the organisation's trail covers the account; others write through a trail of their own. */
  readonly organizationId?: string;
}

const accounts: readonly [Account, ...Account[]] = [
  { id: '111122223333', organizationId: 'o-a1b2c3d4e5' },
  { id: '444455556666', organizationId: 'o-a1b2c3d4e5' },
  { id: '012345678901', organizationId: 'o-a1b2c3d4e5' },
  { id: '777788889999' },
  { id: '123456789012' },
];

/** What stays the same across files: the accounts, regions and named things a made-up company owns. */
export const estate = {
  organizationId: 'o-a1b2c3d4e5',
  accounts,
  regions: ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-southeast-2', 'us-west-2'],
  trailName: 'organization-trail',
  trailHomeRegion: 'us-east-1',
  roles: [
    'eks-node-group-prod',
    'payments-api-task-role',
    'orders-service-irsa',
    'terraform-ci-deployer',
    'monitoring-integration',
    'lambda-thumbnailer-role',
    'glue-etl-nightly',
    'backup-operator',
    'cluster-autoscaler',
    'external-secrets',
    'log-shipper',
    'ecsTaskExecutionRole',
    'config-recorder',
  ],
  permissionSets: [
    'AWSReservedSSO_AdministratorAccess_5f0d2c1b9e7a4431',
    'AWSReservedSSO_ReadOnlyAccess_1c9e7a44315f0d2b',
    'AWSReservedSSO_BillingViewer_77aa10c3d2e4f5b6',
  ],
  users: [
    'alice.martin',
    'bob.nguyen',
    'carol.d-souza',
    'svc-jenkins',
    'svc-backup',
    'Jörg.Müller',
    '山田太郎',
    'Zoë.Ångström',
    'ops-breakglass',
  ],
  people: ['jane.doe@example.com', 'j.müller@example.com', 'sam.lee@example.com', 'priya.k@example.com'],
  buckets: [
    'example-prod-data-lake-raw',
    'example-prod-thumbnails',
    'example-customer-uploads',
    'example-terraform-state',
    'example-ml-features',
    'example-cloudtrail-archive',
  ],
  functions: [
    'thumbnailer',
    'orders-webhook',
    'billing-reconciler',
    'cognito-pre-token',
    'stream-fanout',
    'image-moderation-v2',
  ],
  tables: ['orders-prod', 'sessions', 'inventory-eu', 'terraform-locks'],
  secrets: ['prod/orders/db', 'prod/billing/api-key', 'shared/größe/token'],
  userAgents: [
    'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/sts#1.30.3',
    'Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#5.10.219-208.866.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython',
    'aws-sdk-java/2.25.60 Linux/5.10.219 OpenJDK_64-Bit_Server_VM/21.0.3+9-LTS',
    'aws-cli/2.17.20 md/awscrt#0.20.11 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.11.9 md/prompt#off md/command#s3.cp',
    '[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10.223-190.873.amzn2int.x86_64 OpenJDK_64-Bit_Server_VM/25.412-b09]',
    'APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.60.0 aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  ],
  browser:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
} as const;

import { wildcard } from './wildcard.ts';

/**
 * Says whether an action pattern of a policy names at least one action of a known service.
 * A misspelt action grants nothing and denies nothing, in silence; here it is a problem of the document.
 */
export function problemOfAction(pattern: string): string | undefined {
  if (pattern === '*') return undefined;
  const colon = pattern.indexOf(':');
  const service = pattern.slice(0, Math.max(colon, 0)).toLowerCase();
  const names = services[service];
  if (names === undefined) return `action "${pattern}" must begin with one of ${Object.keys(services).join(', ')}`;
  const matches = wildcard(pattern.slice(colon + 1), { ignoreCase: true });
  return names.some(matches) ? undefined : `action "${pattern}" is not an action of ${service}`;
}

// From the service authorization reference, as far as log delivery and this connector can meet them.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
const services: Readonly<Record<string, readonly string[]>> = {
  sqs: list(
    `AddPermission CancelMessageMoveTask ChangeMessageVisibility CreateQueue DeleteMessage DeleteQueue
    GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags ListQueues PurgeQueue
    ReceiveMessage RemovePermission SendMessage SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue`,
  ),
  sts: list(
    `AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
    GetCallerIdentity GetFederationToken GetServiceBearerToken GetSessionToken SetContext SetSourceIdentity TagSession`,
  ),
  kms: list(
    `CancelKeyDeletion CreateAlias CreateGrant CreateKey Decrypt DeleteAlias DescribeKey DisableKey
    DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom GetKeyPolicy
    GetKeyRotationStatus GetPublicKey ListAliases ListGrants ListKeyPolicies ListKeys ListResourceTags PutKeyPolicy
    ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias
    UpdateKeyDescription Verify VerifyMac`,
  ),
  s3: list(
    `AbortMultipartUpload BypassGovernanceRetention CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject
    DeleteObjectTagging DeleteObjectVersion GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
    GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
    GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning GetBucketWebsite
    GetEncryptionConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetObject GetObjectAcl
    GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
    GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionTagging GetReplicationConfiguration
    ListAllMyBuckets ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts
    PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
    PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning
    PutEncryptionConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutObject PutObjectAcl
    PutObjectLegalHold PutObjectRetention PutObjectTagging PutReplicationConfiguration RestoreObject`,
  ),
  cloudtrail: list(
    `AddTags CreateTrail DeleteTrail DescribeTrails GetEventSelectors GetInsightSelectors GetResourcePolicy GetTrail
    GetTrailStatus ListPublicKeys ListTags ListTrails LookupEvents PutEventSelectors PutInsightSelectors RemoveTags
    StartLogging StopLogging UpdateTrail`,
  ),
  sns: list(
    `AddPermission ConfirmSubscription CreateTopic DeleteTopic GetSubscriptionAttributes GetTopicAttributes
    ListSubscriptions ListSubscriptionsByTopic ListTagsForResource ListTopics Publish RemovePermission
    SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource`,
  ),
  events: list(
    `DeleteRule DescribeRule DisableRule EnableRule ListRules ListTargetsByRule PutEvents PutRule PutTargets
    RemoveTargets`,
  ),
};

function list(names: string): readonly string[] {
  return names.trim().split(/\s+/);
}

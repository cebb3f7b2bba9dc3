/** How the connector proves to AWS who it is, before it assumes a source's role. */
export type CredentialMode =
  | { readonly mode: 'managed-identity'; readonly audience: string; readonly hubRoleArn: string }
  | { readonly mode: 'access-key'; readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The AWS SDK's own chain: for development machines. */
  | { readonly mode: 'default' };

import type { Change, CheckScene } from '../scene.ts';

/** A misconfiguration, and what the check must say of it. */
export interface Mistake {
  readonly name: string;
  /** The first link that is not ok. */
  readonly link: string | RegExp;
  readonly cause: string;
  /** Default: the link fails. */
  readonly status?: 'warning' | 'not-verifiable';
  readonly remedy: RegExp;
  plant(scene: CheckScene): Change | Promise<Change | undefined> | undefined;
}

/** Takes an action out of the reader role's policy. */
export function without(action: string): Mistake['plant'] {
  return (scene) => {
    scene.changePolicy('reader', (text) => text.replaceAll(`"${action}"`, '"s3:GetBucketTagging"'));
    return undefined;
  };
}

/** The app is told something else. */
export function told(settings: Readonly<Record<string, string>>): Mistake['plant'] {
  return () => ({ settings });
}

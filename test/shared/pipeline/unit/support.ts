import type { ObjectStore } from '../../../../shared/pipeline/ports/objects.ts';

/** Where a test reads nothing. */
export const neverOpened: ObjectStore = {
  open: async ({ key }) => {
    throw new Error(`${key} is not to be opened`);
  },
};

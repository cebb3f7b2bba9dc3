import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * Believes a success only when the service itself says so: every answer of a storage service has a request ID, and a page
 * that a proxy or portal puts in its place has none. What is kept there decides what is deleted elsewhere.
 * https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
 */
export const ownAnswers: PipelinePolicy = {
  name: 'ownAnswers',
  sendRequest: async (request, next) => {
    const response = await next(request);
    if (response.status < 400) believe(response.headers.get('x-ms-request-id'), response.status);
    return response;
  },
};

/** For clients that take no policy, but hand the request ID of an answer on. @throws Error when there is none */
export function believe(requestId: string | undefined, status: number | 'a success' = 'a success'): void {
  if (requestId === undefined || requestId === '') {
    throw new Error(`something else answered ${status} in place of the service, such as a proxy or portal`);
  }
}

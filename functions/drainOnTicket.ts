import { app, type InvocationContext } from '@azure/functions';
import { readTicket, ticketQueue } from '../shared/pipeline/scaleOut/tickets.ts';
import { connectorOf } from './app/connector.ts';
import { shutdown } from './app/processShutdown.ts';

/**
 * One more drainer of one source, on another instance: the Functions scale controller adds instances as tickets wait.
 * It never throws, so that no ticket becomes a poison message: a lost ticket costs nothing, since the next tick asks
 * again, and what is wrong with the settings or a source is told by the timer.
 */
export async function drainOnTicket(message: unknown, context: InvocationContext): Promise<void> {
  try {
    await shutdown.run((signal) => connectorOf(process.env, context).drainTicket(readTicket(message), signal, context));
  } catch (error) {
    context.warn(`a drain ticket could not be worked on: ${error}`);
  }
}

app.storageQueue('drainOnTicket', {
  queueName: ticketQueue,
  connection: 'AzureWebJobsStorage',
  handler: drainOnTicket,
});

// By the package's name: its threads run what was built, and so must what starts them.
import { type Channels, type ChannelsOptions, type MovablePages, openChannels } from '@mapped-ram/multifd';

/** Opens channels, lets `act` use them when their threads have started, and closes them whatever happens. */
export async function withChannels<T>(
  options: ChannelsOptions,
  act: (channels: Channels) => Promise<T>,
): Promise<T> {
  const channels = await openChannels(options);
  try {
    await channels.opened();
    return await act(channels);
  } finally {
    await channels.close();
  }
}

/** Moves pages and waits until they are moved. */
export async function moveAll(options: ChannelsOptions, pages: MovablePages): Promise<void> {
  await withChannels(options, async (channels) => {
    await channels.move(pages);
    await channels.sync();
  });
}

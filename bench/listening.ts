// A process of clients in rooms, which tells when each frame came to it: what it takes to listen must hold up neither who writes nor the clock of who measures.
import { connectSocketIo, openListeners } from './listeners.ts';
import { tellMoments } from './moments.ts';

export interface ListeningParts {
  readonly url: string;
  readonly clients: number;
  /** `shr_0` and so on; each client is in one. */
  readonly rooms: number;
  /** Shared by as many clients each. */
  readonly tokens: readonly string[];
}

const { url, clients, rooms, tokens } = JSON.parse(String(process.argv[2])) as ListeningParts;
const moments = tellMoments();
const listeners = await openListeners({
  clients,
  connect: (index, heard) => {
    const token = tokens[Math.floor((index * tokens.length) / clients)];
    return connectSocketIo(url, { auth: { token }, join: { share_id: `shr_${String(index % rooms)}` } }, heard);
  },
});
listeners.onFrame = (frame) => {
  const id = /^fil_(\d+)$/.exec((frame as { readonly data: { readonly file_id: string } }).data.file_id)?.[1];
  if (id !== undefined) moments.note(Number(id));
};
process.send?.({ url });
process.on('disconnect', () => process.exit(0));

// Where the rooms are on Socket.IO.
export const realtimeNamespace = '/realtime';

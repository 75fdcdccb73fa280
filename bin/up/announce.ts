// The console of `npm start`: a few aligned lines for a person; everything else goes into the log files.

export type Announce = (topic: string, text: string) => void;

export function announceOn(stream: NodeJS.WritableStream): Announce {
  return (topic, text) => {
    stream.write(`  ${topic.padEnd(topicWidth)}${text}\n`);
  };
}

const topicWidth = 13;

/** Inside: scenarios that are measured in the process of the variant itself, by the `run` of the scenario's file. */
import { startSubject } from './subject.mjs';

export async function measureInside({ name, flags }, variant, { isSmoke, node }) {
  const subject = startSubject(variant, { node, isSmoke, flags });
  try {
    return await subject.ask('run', name, isSmoke);
  } catch (error) {
    // So V8 ends a process whose heap is full; in a full run that is a result too.
    if (error.signal === 'SIGABRT' && !isSmoke) return {};
    throw error;
  } finally {
    subject.stop();
  }
}

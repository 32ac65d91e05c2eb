// The microphone, and the loudspeaker. A recording is samples in this page's memory: nothing here sends anything.
import { resampled, trimmed } from "./speech_features.mjs";

const MOST_SECONDS = 8;
const LEAST_SAMPLES = 800; // a tenth of a second
// Runs beside the page and hands on what the microphone gives, block by block. A page opened from a file can load it by
// no other address than a data URL.
const COLLECTOR = `data:text/javascript,registerProcessor("collector", class extends AudioWorkletProcessor {
  process([[channel]]) {
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
});`;
// The browser is to leave the voice as it is: the data were not treated either.
const WANTED = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/**
 * Why there is no microphone, in a sentence.
 * @param {Error} [error] what the browser said; without one, what can be seen beforehand
 * @returns {string} empty if nothing is in the way
 */
export function whyNoMicrophone(error) {
  if (!isSecureContext) return "The browser gives a microphone only to pages of this machine or of an https address.";
  if (!navigator.mediaDevices?.getUserMedia) return "This browser gives pages no microphone.";
  if (!error) return "";
  if (error.name === "NotAllowedError") return "The browser does not allow this page to use the microphone.";
  if (error.name === "NotFoundError") return "No microphone was found.";
  return `The microphone does not answer (${error.name}).`;
}

/**
 * Start to record.
 * @param {(seconds: number, level: number) => void} onBlock hears how long it has been, and how loud it is, from 0 to 1
 * @param {() => void} onFull what to do when there is no more room
 * @returns {Promise<() => Promise<Float32Array>>} ends it: samples at 8 kHz, silence at the ends cut off; none if
 *   nothing was heard
 */
export async function record(onBlock, onFull) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
  const context = new AudioContext();
  const close = async () => {
    stream.getTracks().forEach((track) => track.stop());
    if (context.state !== "closed") await context.close();
  };
  const blocks = [];
  let count = 0;
  try {
    await context.audioWorklet.addModule(COLLECTOR);
  } catch (error) {
    await close();
    throw error;
  }
  const collector = new AudioWorkletNode(context, "collector");
  collector.port.addEventListener("message", ({ data }) => {
    const seconds = count / context.sampleRate;
    if (seconds >= MOST_SECONDS) return;
    blocks.push(data);
    count += data.length;
    onBlock(
      seconds,
      data.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    );
    if (count / context.sampleRate >= MOST_SECONDS) onFull();
  });
  collector.port.start();
  context.createMediaStreamSource(stream).connect(collector);
  return async () => {
    const rate = context.sampleRate;
    await close();
    const whole = new Float32Array(count);
    blocks.reduce((at, block) => {
      whole.set(block, at);
      return at + block.length;
    }, 0);
    const sound = trimmed(resampled(whole, rate));
    return sound.length < LEAST_SAMPLES ? sound.subarray(0, 0) : sound;
  };
}

/**
 * Let a sound be heard.
 * @param {Float32Array} sound samples
 * @param {number} rate of them a second
 * @param {(seconds: number) => void} onTime where it is, frame by frame of the screen
 * @param {() => void} onEnd when it is over
 * @returns {() => void} stops it
 */
export function play(sound, rate, onTime, onEnd) {
  const context = new AudioContext();
  const buffer = context.createBuffer(1, sound.length, rate);
  buffer.copyToChannel(sound, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  let [frame, over] = [undefined, false];
  const stop = () => {
    if (over) return;
    over = true;
    cancelAnimationFrame(frame);
    context.close();
    onEnd();
  };
  const tick = () => {
    onTime(context.currentTime);
    frame = requestAnimationFrame(tick);
  };
  source.addEventListener("ended", stop);
  source.start();
  frame = requestAnimationFrame(tick);
  return stop;
}

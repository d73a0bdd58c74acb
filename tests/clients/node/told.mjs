// What to say, from standard input; what went wrong, to standard output.
import { text } from "node:stream/consumers";

export const told = JSON.parse(await text(process.stdin));
export const at = new Date(told.at);
export const complaints = [];
export const complain = (error) => complaints.push(String(error?.message ?? error));
export const finish = () => console.log(JSON.stringify(complaints));

/* What "roomd --check-config" and Reload() say of a configuration, by line. */

const pattern = /^(?:roomd: (error|warning): )?(\S[^:]*?):(\d+): (.*)$/;

/* own: what the file that is edited is called there. A line of another file has line 0, and its place in its text. */
function readLine(text, own) {
	const found = pattern.exec(text);
	if (!found)
		return null;
	const [, level = "error", file, line, words] = found;
	return file === own ? { level, line: Number(line), text: words }
		: { level, line: 0, text: `${file}:${line}: ${words}` };
}

function readOther(text) {
	const found = /^roomd: (error|warning): (.*)$/.exec(text);
	return found && !/^the configuration has \d+ errors?; /.test(found[2]) ? { level: found[1], line: 0, text: found[2] } : null;
}

/* output: all that it wrote; in the order of the file, those without a line last. */
export function readErrors(output, own) {
	const all = output.split("\n").map(text => readLine(text, own) ?? readOther(text)).filter(Boolean);
	const rank = error => error.line || Infinity;
	return all.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/* [begin, end) of a line, counted from 1, in a text. */
export function lineRange(text, line) {
	const lines = text.split("\n");
	const begin = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
	return [begin, begin + (lines[line - 1] ?? "").length];
}

/* As an editor numbers them: an empty text has one. */
export function countLines(text) {
	return text.split("\n").length;
}

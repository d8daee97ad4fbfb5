// @ts-check
"use strict";
/*
 * Finding, 1 of 2: what a query finds in the site's index, for the search page, for suggestions and for the comparison's list of agencies.
 *
 * Names are compared by substrings, so Chinese needs no dictionary. Where nothing has what was typed, what was meant is looked
 * for: by the sound of characters, by abbreviations, by words written without blanks. Nothing here touches the page.
 */

/** A name, made comparable: `text` with blanks between words, `tight` without, `start` where an agency's own name begins behind its parent's, `readings` its syllables by character.
 * @typedef {{text: string, tight: string, start: number, readings?: string[][]}} Name */
/** What can be found: `names` in the page's language, in the other one, then former ones and everyday words; `words` what else is searched;
 * `latest` the figure of its newest report, `depth` how many agencies stand above it, `other` and `region` as they are shown.
 * @typedef {{kind: string, order: number, id: string, href: string, title: string, other: string, note: string, region: string, names: Name[], words: string, years: number[], latest: number | string | null, depth: number}} Thing */
/** One result; the lower `grade`, the nearer; `length` is that of the name in which it was found; `figure` the number that was asked for.
 * @typedef {{thing: Thing, kind: string, grade: number, length: number, year: number, figure?: number}} Hit */
/** @typedef {{terms: string[], whole: string[], loose: boolean}} Query */
/** @typedef {Map<string, string[]>} Sounds syllables by character */
/** @typedef {{things: Thing[], names: string, reportWords: string, says: Record<string, string>, sounds: Sounds | null}} Index */
/** What was found: `meant` are terms with what they were taken for, `part` says that nothing has all terms; `terms` are those searched for.
 * @typedef {{hits: Hit[], terms: string[], part: boolean, meant: [string, string][]}} Found */

var openReportsFinding = (() => {
  // -- comparing ---------------------------------------------------------------------------------------------------

  const EXACT = 0;
  const PREFIX = 1;
  const WORD_START = 2;
  const INSIDE = 3;
  /** Added for a name in the other language and for everyday words. */
  const OTHER_NAME = 4;
  /** A report found by its year or as "annual report" alone, so that the page of the year comes first. */
  const ANY_AGENCY = 8;
  /** All characters of a Chinese term in their order, with gaps: 财政局 in 财政金融局. */
  const GAPPED = 9;
  /** In the region, the kind, the parent's name or the note. */
  const RELATED = 10;
  /** Spelt as it is spoken: gongan, ptga. */
  const SPOKEN = 11;
  /** Single characters of a long name in their order: 卫健委 in 卫生健康委员会. Looked for only where nothing else is found. */
  const SCATTERED = 15;
  const NEVER = 99;
  /** Names are shorter; a grade's fraction is the length of the name found, so that of equals the one with less else in it is nearer. */
  const LONGEST = 10_000;
  /** A term that is guessed at is no longer than this: nobody mistypes a sentence into the name of an agency. */
  const LONGEST_GUESS = 24;

  /** Stands for any character. */
  const ANY = "*";

  const HAN = /^\p{Script=Han}+$/u;
  const STARTS_HAN = /^\p{Script=Han}/u;
  const LETTERS = /^[a-z]{2,}$/;
  const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

  /** Fold width, case and punctuation. @param {string} text */
  const fold = text =>
    text
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
      .trim();

  /** @param {string} text @returns {Name} */
  function nameOf(text) {
    const folded = fold(text);
    return { text: folded, tight: folded.replaceAll(" ", ""), start: 0 };
  }

  /** Split what was typed into terms, at blanks and where digits, Latin and Chinese meet; 年 behind a year is no word. @param {string} typed @returns {Query} */
  function queryOf(typed) {
    const text = fold(typed);
    const terms = text
      .replace(/(?<!\d)(\d{4}) ?(?:年度|年(?![报度]))/gu, "$1 ")
      .match(/\d+|\p{Script=Han}+|[^\d\s\p{Script=Han}]+/gu);
    const found = [...new Set(terms ?? [])];
    return { terms: found, whole: [...new Set([text, text.replaceAll(" ", ""), found.join("")])], loose: false };
  }

  /** Whether a word begins at a position of a name. @param {Name} name @param {number} at */
  function begins(name, at) {
    if (at === name.start) return true;
    const before = name.text[at - 1];
    return !LETTER_OR_DIGIT.test(before) || /\d/.test(before) !== /\d/.test(name.text[at]);
  }

  /** How near a name is to a term. @param {Name} name @param {string} term */
  function nearness(name, term) {
    let at = name.text.indexOf(term);
    if (at === 0) return name.text.length === term.length ? EXACT : PREFIX;
    if (at < 0) return name.tight !== name.text && HAN.test(term) && name.tight.includes(term) ? INSIDE : NEVER;
    for (; at > 0; at = name.text.indexOf(term, at + 1)) {
      if (begins(name, at)) return WORD_START;
    }
    return INSIDE;
  }

  /** Whether two characters are one, unless they need only sound alike. @param {string} one @param {string} other */
  const same = (one, other) => one === other;

  /**
   * How a name holds a Chinese term in few pieces, in order: 平潭|公安局 in 平潭综合实验区公安局. Returns the characters of the name, or nothing.
   * @param {string} name @param {string} term @param {number} most pieces @param {(one: string, other: string) => boolean} [like]
   */
  function piecesOf(name, term, most, like = same) {
    let from = 0;
    let found = "";
    for (let done = 0; done < term.length; most--) {
      if (most === 0) return "";
      let best = 0;
      let place = -1;
      for (let at = from; at < name.length && best < term.length - done; at++) {
        let size = 0;
        while (done + size < term.length && at + size < name.length && like(name[at + size], term[done + size])) size++;
        if (size > best) [best, place] = [size, at];
      }
      if (!best) return "";
      found += name.slice(place, place + best);
      done += best;
      from = place + best;
    }
    return found;
  }

  /** @param {string} term */
  const fewPieces = term => Math.floor(term.length / 2) + 1;

  /** Whether a name holds a Chinese term in few pieces. @param {Name} name @param {string} term */
  const holdsPieces = (name, term) => term.length > 2 && HAN.test(term) && piecesOf(name.tight, term, fewPieces(term)) !== "";

  // -- sounds ------------------------------------------------------------------------------------------------------

  /** Letters that one syllable may be when it is shortened: z for zhong, and zh. @param {string} syllable */
  const initials = syllable => (/^[zcs]h/.test(syllable) ? [syllable[0], syllable.slice(0, 2)] : [syllable[0]]);

  /**
   * How a Chinese name is spoken like a term in letters: 0 in full from where its own words begin, 1 in full within, 2 by first letters,
   * 3 with a gap; `NEVER` if not. Each character gives its whole syllable or how it begins; the last may be unfinished.
   * @param {Name} name @param {string} term @param {Sounds} sounds
   */
  function spokenAs(name, term, sounds) {
    const { tight, start } = name;
    name.readings ??= [...tight].map(character => sounds.get(character) ?? []);
    const readings = name.readings;
    const { length } = term;
    const [MAY, HAD, NOT] = [0, 1, 2];
    /** Places from which the end of the term is not reached: character, position in the term, and whether there may be a gap. @type {Set<number>} */
    const dead = new Set();
    /** @param {number} at @param {number} done @param {number} gap @param {boolean} short @returns {number} */
    const follow = (at, done, gap, short) => {
      if (done === length) return gap === HAD ? 3 : short ? 2 : 0;
      const key = (at * (LONGEST_GUESS + 1) + done) * 3 + gap;
      if (at >= readings.length || dead.has(key)) return NEVER;
      let best = NEVER;
      for (const syllable of readings[at]) {
        if (syllable[0] !== term[done]) continue;
        const left = length - done;
        if (term.startsWith(syllable, done)) best = Math.min(best, follow(at + 1, done + syllable.length, gap, short));
        else if (left > 1 && left < syllable.length && term.endsWith(syllable.slice(0, left))) best = Math.min(best, follow(at + 1, length, gap, short));
        for (const first of initials(syllable)) {
          if (term.startsWith(first, done)) best = Math.min(best, follow(at + 1, done + first.length, gap, true));
        }
      }
      // One gap, to where another word may begin: 平潭|公安.
      if (gap === MAY && done > 1 && best === NEVER) {
        for (let to = at + 1; to < readings.length; to++) best = Math.min(best, follow(to, done, HAD, short));
      }
      if (best === NEVER) dead.add(key);
      return best;
    };
    let best = NEVER;
    for (let at = 0; at < readings.length && best > 0; at++) {
      if (!readings[at].some(syllable => syllable[0] === term[0])) continue;
      const own = at === 0 || at === start;
      const found = follow(at, 0, own && length > 3 ? MAY : NOT, false);
      // First letters alone are anything's: they count only from where a name begins.
      if (found === NEVER || (found > 1 && !own)) continue;
      best = Math.min(best, found === 0 && !own ? 1 : found);
    }
    return best;
  }

  /** Whether characters sound alike, as whoever types by sound mixes them: zh and z, ng and n are one. @param {Sounds} sounds */
  const alike = sounds => {
    /** @param {string} syllable */
    const rough = syllable => syllable.replace(/^([zcs])h/, "$1").replace(/ng$/, "n");
    /** @param {string} one @param {string} other */
    return (one, other) => {
      if (one === other) return true;
      const all = (sounds.get(one) ?? []).map(rough);
      return (sounds.get(other) ?? []).some(each => all.includes(rough(each)));
    };
  };

  // -- grades ------------------------------------------------------------------------------------------------------

  /** How near a thing is to a term, with the length of the name as its fraction. @param {Index} index @param {Thing} thing @param {string} term @param {boolean} loose */
  function gradeOf(index, thing, term, loose) {
    let best = NEVER;
    thing.names.forEach((name, at) => {
      const near = nearness(name, term);
      // Of two with the same name, whoever is called so comes before whoever once was, or has it as an everyday word.
      if (near !== NEVER) best = Math.min(best, near + (at ? OTHER_NAME : 0) + (name.text.length + (at > 1 ? 1 : 0)) / LONGEST);
    });
    if (best !== NEVER) return best;
    const pieced = thing.names.slice(0, 2).find(name => holdsPieces(name, term));
    if (pieced) return GAPPED + pieced.text.length / LONGEST;
    if (thing.words.includes(term)) return RELATED;
    if (index.sounds && LETTERS.test(term) && term.length <= LONGEST_GUESS) best = spokenGrade(index.sounds, thing, term);
    if (best !== NEVER || !loose || term.length < 3 || term.length > LONGEST_GUESS || !HAN.test(term)) return best;
    const scattered = thing.names.slice(0, 2).find(name => piecesOf(name.tight, term, term.length) !== "");
    return scattered ? SCATTERED + scattered.text.length / LONGEST : NEVER;
  }

  /** @param {Sounds} sounds @param {Thing} thing @param {string} term */
  function spokenGrade(sounds, thing, term) {
    let best = NEVER;
    for (const name of thing.names) {
      if (!STARTS_HAN.test(name.text)) continue;
      const spoken = spokenAs(name, term, sounds);
      // In full it is as good as the name in another language.
      if (spoken !== NEVER) best = Math.min(best, (spoken ? SPOKEN + spoken : OTHER_NAME + WORD_START) + name.text.length / LONGEST);
    }
    return best;
  }

  /** @param {Thing} thing @param {string} kind @param {number} near @param {number} [year] @returns {Hit} */
  const hit = (thing, kind, near, year = 0) => ({ thing, kind, grade: Math.floor(near), length: near % 1, year });

  /** How near a thing is to all that was typed: as one phrase, or by the term that fits worst. @param {Index} index @param {Thing} thing @param {Query} query @param {number[]} grades */
  function together(index, thing, query, grades) {
    const worst = Math.max(...grades);
    if (worst < PREFIX || worst === NEVER) return worst;
    return Math.min(worst, ...query.whole.map(phrase => {
      const grade = gradeOf(index, thing, phrase, false);
      return grade < ANY_AGENCY ? grade : NEVER;
    }));
  }

  // -- finding -----------------------------------------------------------------------------------------------------

  /** Reports of an agency: each term fits the agency, its year, or a report as such. @param {Index} index @param {Thing} thing @param {Query} query @param {number[]} grades @param {Hit[]} hits */
  function findReports(index, thing, query, grades, hits) {
    const own = grades.filter(grade => grade !== NEVER);
    const rest = query.terms.filter((_, at) => grades[at] === NEVER && !index.reportWords.includes(query.terms[at]));
    if (rest.some(term => !/^\d+$/.test(term))) return;
    const grade = !own.length ? ANY_AGENCY : rest.length ? Math.max(...own) : together(index, thing, query, own);
    for (const year of thing.years) {
      if (rest.every(term => String(year).includes(term))) hits.push(hit(thing, "report", grade, year));
    }
  }

  /** Everything that has all terms. @param {Index} index @param {Query} query */
  function findAll(index, query) {
    /** @type {Hit[]} */
    const hits = [];
    for (const thing of index.things) {
      const grades = query.terms.map(term => gradeOf(index, thing, term, query.loose));
      const grade = together(index, thing, query, grades);
      if (grade !== NEVER) hits.push(hit(thing, thing.kind, grade));
      if (thing.years.length) findReports(index, thing, query, grades, hits);
    }
    return ranked(hits);
  }

  /**
   * What has some of the terms: first what has the most, the year of a report among them, then the nearest for each term that it lacks.
   * @param {Index} index @param {Query} query
   */
  function findPart(index, query) {
    /** @type {Map<number, Hit[]>} by how many terms are there */
    const counted = new Map();
    /** @type {Hit[][]} by term */
    const each = query.terms.map(() => []);
    const years = query.terms.filter(term => /^(?:19|20)\d\d$/.test(term)).map(Number);
    /** @param {number} count @param {Hit} found */
    const keep = (count, found) => counted.set(count, [...(counted.get(count) ?? []), found]);
    for (const thing of index.things) {
      const grades = query.terms.map(term => gradeOf(index, thing, term, query.loose));
      grades.forEach((grade, at) => grade < RELATED && each[at].push(hit(thing, thing.kind, grade)));
      const own = grades.filter(grade => grade < RELATED);
      if (!own.length) continue;
      if (!counted.has(own.length)) counted.set(own.length, []);
      counted.get(own.length)?.push(hit(thing, thing.kind, Math.max(...own)));
      for (const year of thing.years.filter(year => years.includes(year))) keep(own.length + 1, hit(thing, "report", Math.max(...own), year));
    }
    const most = Math.max(0, ...counted.keys());
    const top = ranked(counted.get(most) ?? []);
    if (!top.length) return top;
    // Whatever comes first, the other terms are not forgotten: the agency and the term, of 前进街 行政复议.
    const lacking = each.filter(hits => hits.length && !hits.some(one => one.thing === top[0].thing || one.kind === "year"));
    const rest = lacking.flatMap(hits => ranked(hits).slice(0, 2));
    return [top[0], ...rest, ...top.slice(1).filter(one => !rest.some(other => other.thing === one.thing && other.kind === one.kind))];
  }

  /** Nearest first; then agencies, reports, others; newest, shortest, and the order of the index. @param {Hit[]} hits */
  function ranked(hits) {
    /** @param {Hit} each */
    const rank = each => (each.kind === "agency" ? 0 : each.kind === "report" ? 1 : 2);
    return hits.sort(
      (a, b) =>
        a.grade - b.grade ||
        rank(a) - rank(b) ||
        b.year - a.year ||
        // A place before what belongs to it, a city's bureau before those of its districts.
        a.thing.depth - b.thing.depth ||
        a.length - b.length ||
        a.thing.title.length - b.thing.title.length ||
        a.thing.order - b.thing.order,
    );
  }

  // -- what was meant ----------------------------------------------------------------------------------------------

  /** Whether anything is called so, or has it in its name. @param {Index} index @param {string} term */
  const known = (index, term) => index.names.includes(term) || index.reportWords.includes(term) || index.things.some(thing => thing.names.slice(0, 2).some(name => holdsPieces(name, term)));

  /** Cut a Chinese term into words that are known, as few as can be; a single character between them may be left out. @param {Index} index @param {string} term @returns {string[]} */
  function cut(index, term) {
    if (!HAN.test(term) || term.length < 4 || term.length > LONGEST_GUESS) return [term];
    /** @type {({cost: number, words: string[]} | undefined)[]} the best way to each position */
    const best = [{ cost: 0, words: [] }];
    for (let to = 1; to <= term.length; to++) {
      for (let from = Math.max(0, to - 12); from < to; from++) {
        const before = best[from];
        const word = term.slice(from, to);
        if (!before || before.cost >= (best[to]?.cost ?? NEVER)) continue;
        const cost = before.cost + (to - from > 1 ? (index.names.includes(word) ? 1 : 1.5) : 1.75);
        if (cost >= (best[to]?.cost ?? NEVER)) continue;
        if (to - from > 1 && !known(index, word)) continue;
        best[to] = { cost, words: to - from > 1 ? [...before.words, word] : before.words };
      }
    }
    const words = best[term.length]?.words ?? [];
    return words.join("").length * 2 > term.length ? words : [term];
  }

  /** What a term that nothing has was meant to be: most of its characters, the others by their sound, or one of four wrong. @param {Index} index @param {string} term */
  function meantBy(index, term) {
    if (!index.sounds || !HAN.test(term) || term.length < 2 || term.length > LONGEST_GUESS) return "";
    const soundsLike = alike(index.sounds);
    /** @type {Map<string, {cost: number, count: number}>} */
    const found = new Map();
    /** @param {string} name @param {string} wanted @param {number} extra @param {(one: string, other: string) => boolean} like */
    const look = (name, wanted, extra, like) => {
      const meant = piecesOf(name, wanted, Math.max(1, Math.floor(wanted.length / 2)), like);
      const wrong = [...meant].filter((character, at) => character !== wanted[at]).length;
      if (!meant || wrong * 2 > wanted.length) return;
      found.set(meant, { cost: wrong + extra, count: (found.get(meant)?.count ?? 0) + 1 });
    };
    for (const thing of index.things) {
      for (const { tight } of thing.names) look(tight, term, 0, soundsLike);
    }
    if (!found.size && term.length > 3) {
      // One character is wrong altogether, or too much.
      for (let at = 0; at < term.length; at++) {
        const [before, after] = [term.slice(0, at), term.slice(at + 1)];
        for (const thing of index.things) {
          for (const { tight } of thing.names.slice(0, 2)) {
            look(tight, `${before}${ANY}${after}`, 1, (one, other) => one === other || other === ANY);
            look(tight, before + after, 1, same);
          }
        }
      }
    }
    return [...found].sort(([one, a], [other, b]) => a.cost - b.cost || b.count - a.count || (one < other ? -1 : 1))[0]?.[0] ?? "";
  }

  /** Whether sounds may help: letters are typed, or nothing has what was typed. @param {Query} query @param {Hit[]} hits */
  const wantsSounds = (query, hits) => query.terms.some(term => LETTERS.test(term)) || (!hits.length && query.terms.some(term => HAN.test(term)));

  /**
   * What a query finds. Where nothing has all of it, ever more is allowed: abbreviations, words without blanks, characters that sound
   * alike, and in the end what has a part of it.
   * @param {Index} index @param {string} typed @returns {Found & {wantsSounds: boolean}}
   */
  function find(index, typed) {
    let query = queryOf(typed);
    /** @type {[string, string][]} */
    const meant = [];
    let hits = query.terms.length ? findAll(index, query) : [];
    const wants = !index.sounds && wantsSounds(query, hits);
    const done = () => ({ hits, terms: query.terms, part: false, meant, wantsSounds: wants });
    /** @param {string[]} terms */
    const again = terms => {
      query = { terms: [...new Set(terms)], whole: query.whole, loose: query.loose };
      hits = findAll(index, query);
    };
    if (hits.length || !query.terms.length) return done();
    query.loose = true;
    again(query.terms);
    if (hits.length) return done();
    const unknown = (/** @type {string} */ term) => HAN.test(term) && !known(index, term) && !index.things.some(thing => gradeOf(index, thing, term, true) !== NEVER);
    again(query.terms.flatMap(term => (unknown(term) ? cut(index, term) : [term])));
    if (hits.length) return done();
    again(
      query.terms.map(term => {
        const better = unknown(term) ? meantBy(index, term) : "";
        if (better) meant.push([term, better]);
        return better || term;
      }),
    );
    if (hits.length || query.terms.length < 2) return done();
    hits = findPart(index, query);
    return { ...done(), part: hits.length > 0 };
  }

  // -- the index ---------------------------------------------------------------------------------------------------

  /** Where an agency's own name begins: behind what its region or its parent's name says already. @param {string} name @param {string[]} befores */
  function ownStart(name, befores) {
    if (!STARTS_HAN.test(name)) return 0;
    for (let size = name.length - 1; size > 1; size--) {
      if (befores.some(before => before.endsWith(name.slice(0, size)))) return size;
    }
    return 0;
  }

  const VERSION = 2;
  /** Agencies above another: province, city, district, office. */
  const MOST_ABOVE = 6;

  /** Make the index comparable; one of another layout is an error. Where only agencies can be chosen, nothing else is found. @param {any} raw @param {boolean} [onlyAgencies] @returns {Index} */
  function prepared(raw, onlyAgencies) {
    if (raw.version !== VERSION) throw new Error("another layout");
    /** @param {[string, string[]][]} known @param {string[]} names */
    const everyday = (known, names) => known.filter(([term]) => names.some(name => name.includes(term))).flatMap(([, also]) => also);
    /** How many agencies stand above one. @param {any[]} row */
    const depthOf = row => {
      let depth = 0;
      for (let above = row[5]; above >= 0 && depth < MOST_ABOVE; above = raw.agencies[above][5]) depth++;
      return depth;
    };
    /** @type {Thing[]} */
    const things = raw.agencies.map((/** @type {any[]} */ row, /** @type {number} */ order) => {
      const [id, title, other, kind, region, parent, span, latest, also] = row;
      const above = parent < 0 ? [] : raw.agencies[parent].slice(1, 3);
      const names = [title, other, ...(also ?? []), ...everyday(raw.synonyms.agencies, [title, other])].map(nameOf);
      names.slice(0, 2).forEach(name => (name.start = ownStart(name.text, [raw.regions[region], ...above].map(fold))));
      return {
        kind: "agency",
        order,
        id,
        href: `reports/${id}/`,
        title,
        other,
        note: raw.kinds[kind][0],
        region: raw.regions[region],
        names,
        words: fold([...raw.kinds[kind], raw.regions[region], ...above].join(" ")),
        years: raw.spans[span],
        latest,
        depth: depthOf(row),
      };
    });
    for (const [kind, address, title, other, note, also] of onlyAgencies ? [] : raw.entries) {
      const names = [title, other, ...(also ?? []), ...everyday(raw.synonyms.entries, [title, other])].map(nameOf);
      things.push({ kind, order: things.length, id: "", href: address, title, other, note, region: "", names, words: fold(note), years: [], latest: null, depth: 0 });
    }
    const names = things.flatMap(thing => thing.names.map(name => name.tight)).join("\n");
    return { things, names, reportWords: raw.synonyms.reports.map(fold).join("\n"), says: raw.says, sounds: null };
  }

  /** Syllables by character, of the list by syllable. @param {Record<string, string>} raw @returns {Sounds} */
  function soundsOf(raw) {
    /** @type {Sounds} */
    const sounds = new Map();
    for (const [syllable, characters] of Object.entries(raw)) {
      for (const character of characters) sounds.set(character, [...(sounds.get(character) ?? []), syllable]);
    }
    return sounds;
  }

  return { find, prepared, soundsOf };
})();

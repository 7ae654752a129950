// Phrases that this project avoids. Each entry has an expression that finds the phrase, the remedy, and an example that the expression
// must find. They apply to all prose: Markdown, comments, messages, names of tests.

/** Nouns of the distributive form "a file a subject", which should be "one file per subject". */
const DISTRIBUTED =
  "adapter|binding|byte|claim|client|column|connection|copy|day|delivery|digit|endpoint|entry|event|family|field|file|folder|framework|handler|host|hour|job|key|language|letter|line|member|month|name|page|prefix|process|receiver|request|row|rule|second|secret|section|statement|step|store|subject|system|table|test|thread|time|token|type|value|wheel|worker";

export const PHRASES = [
  { pattern: `an? (?:${DISTRIBUTED}) an? (?:${DISTRIBUTED})`, use: '"one … per …", or "each … has its own …"', example: "a file a subject" },
  { pattern: `an? (?:${DISTRIBUTED}) each(?=[.,;:)]|$)`, use: '"each has its own …"', example: "give them a prefix each." },
  { pattern: "stands? (?:twice|once|there|where|beside|alone)", use: '"is duplicated", "is written once", "is"', example: "a key that stands twice" },
  { pattern: "(?:that|which|it|this) (?:is|are) none", use: '"is not a …", "invalid"', example: "escapes that are none" },
  { pattern: "(?<!there )(?:is|are|was|were) no(?! (?:longer|more|matter|different|help|other|way|point|better|worse|doubt|such))", use: '"is not a …", "has no …"', example: "what is no event" },
  { pattern: "(?:gives?|gave|given|giving) back", use: '"return", "release"', example: "the claim is given back" },
  { pattern: "in the making", use: '"builder"', example: "a verifier in the making" },
  { pattern: "who(?:m|so)?ever", use: '"anyone who", "a caller that"', example: "whoever comes late" },
  { pattern: "of no interest", use: '"no handler for this event type"', example: "a webhook of no interest" },
  { pattern: "(?:is|are|was|were|be) let (?:pass|through|alone)", use: '"is a no-op", "passes"', example: "NULL is let pass" },
  { pattern: "(?:is|are|was|were|be) told(?! apart)", use: '"is reported", "learns"', example: "the worker is told so" },
  { pattern: "(?:is|are) to be(?! able)", use: '"must be"', example: "they are to be awaited" },
  { pattern: "anew", use: '"again", "regenerate"', example: "makes it anew" },
  { pattern: "(?:is|are) (?:very )?welcome", use: '"is fine", "works"', example: "savepoints are welcome" },
  { pattern: "(?:come|comes|came|coming) together", use: '"arrive at the same time"', example: "duplicates come together" },
  { pattern: "for want of", use: '"because … lacks"', example: "for want of registers" },
  { pattern: "there(?:of|in|upon|by)|where(?:in|upon|of)|hereby", use: "a plain relative clause", example: "the keys thereof" },
  { pattern: "rightly", use: '"correctly"', example: "answering rightly" },
  { pattern: "(?:came|comes|becomes|became) of (?:it|this|that|what)", use: '"the result"', example: "is fed what came of it" },
  { pattern: "(?:by|after|of|in|for) so many [a-z]+", use: '"that many …", "a number of …"', example: "disabled after so many seconds" },
  { pattern: "(?:is|are|was|were|be) taken for(?! granted)", use: '"counts as", "is mistaken for"', example: "a reply is taken for another" },
  { pattern: "(?:with|beside) (?:the|its|their) like", use: '"and others"', example: "beside its like" },
  { pattern: "(?:tell|tells|told) it again", use: '"reports it again"', example: "the next one tells it again" },
  { pattern: "(?:is|are) of a kind", use: '"have the same kind"', example: "they are of a kind" },
  { pattern: "shall", use: '"must", "will"', example: "it shall not come again" },
  { pattern: "time-outs?|look-ups?|set-up|start-up", use: '"timeout", "lookup", "setup", "startup"', example: "a time-out" },
  { pattern: "misspelt", use: '"misspelled"', example: "a misspelt option" },
  { pattern: "white space", use: '"whitespace"', example: "white space at the edge" },
  { pattern: "rogues['’]? gallery", use: '"forged events"', example: "a rogues' gallery" },
  { pattern: "an? (?:[a-z]+ )?of one['’]s own", use: '"your own …"', example: "a store of one's own" },
  { pattern: "(?:is|are) (?:with|without) effect", use: '"has no effect"', example: "the call is without effect" },
  { pattern: "as (?:good|well) as nothing", use: '"almost nothing"', example: "it costs as good as nothing" },
];

/** Finds the phrases in a text: `[index, phrase, use]` of each. */
export function* phrasesIn(text) {
  for (const { expression, use } of EXPRESSIONS) {
    for (const found of text.matchAll(expression)) {
      if (!found[0].includes("None")) yield [found.index, found[0], use]; // Python's None is a value
    }
  }
}

// A phrase may break at the end of a line of comments.
const EXPRESSIONS = PHRASES.map(({ pattern, use }) => {
  const gap = String.raw`(?:\s+|\s*\n\s*(?:\/\/[/!]?|\*|#|--)\s*)`;
  const source = pattern.replace(/ /g, gap);
  return { expression: new RegExp(String.raw`(?<![\w-])(?:${source})(?![\w-])`, "gi"), use };
});

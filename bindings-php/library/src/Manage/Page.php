<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Manage;

use Closure;
use Generator;
use IteratorAggregate;
use Payvost\Webhooks\ApiException;

/**
 * One page of a list. Iterating over it continues with the entries of the pages that follow, each requested when it is needed.
 *
 * ```php
 * foreach ($payvost->webhooks->list() as $webhook) {
 *     echo $webhook['url'], "\n";
 * }
 * ```
 *
 * @template T
 *
 * @implements IteratorAggregate<int, T>
 */
final class Page implements IteratorAggregate
{
    /**
     * @internal
     *
     * @param (Closure(): self<T>)|null $following
     */
    public function __construct(
        /**
         * The entries of this page
         *
         * @var list<T>
         */
        public readonly array $data,
        /** How many entries all pages have, if the server reports it */
        public readonly ?int $total,
        private ?Closure $following
    ) {
    }

    /**
     * Requests the next page. Null after the last one.
     *
     * @return self<T>|null
     *
     * @throws ApiException
     */
    public function nextPage(): ?self
    {
        return $this->following === null ? null : ($this->following)();
    }

    /**
     * The entries of this page and of all that follow.
     *
     * @return Generator<int, T>
     *
     * @throws ApiException while iterating
     */
    public function getIterator(): Generator
    {
        for ($page = $this; $page !== null; $page = $page->nextPage()) {
            foreach ($page->data as $entry) {
                // Without `yield from`, whose keys would begin again with each page.
                yield $entry;
            }
        }
    }
}

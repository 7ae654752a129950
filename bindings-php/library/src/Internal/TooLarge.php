<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Internal;

use RuntimeException;

/**
 * The body of a response is longer than the management client reads.
 *
 * @internal
 */
final class TooLarge extends RuntimeException
{
}

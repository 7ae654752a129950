<?php

declare(strict_types=1);

namespace Payvost\Webhooks\Tests\Support;

use Doctrine\ORM\Mapping as ORM;

/** An entity of Doctrine. The name of its table is set when the manager is made. */
#[ORM\Entity]
#[ORM\Table(name: 'payments')]
class Payment
{
    public function __construct(
        #[ORM\Id]
        #[ORM\Column(length: 20)]
        public string $text
    ) {
    }
}

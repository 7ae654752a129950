<?php

use Illuminate\Database\Migrations\Migration;
use Illuminate\Support\Facades\Schema;
use Payvost\Webhooks\Internal\PdoClaims;
use Payvost\Webhooks\Stores\Store;

return new class extends Migration {
    /** The store has transactions of its own. */
    public $withinTransaction = false;

    public function up(): void
    {
        $store = app(Store::class);
        $store instanceof PdoClaims && $store->createTable();
    }

    public function down(): void
    {
        Schema::connection(config('payvost.connection'))->dropIfExists(config('payvost.options.table', 'payvost_webhook_claims'));
    }
};

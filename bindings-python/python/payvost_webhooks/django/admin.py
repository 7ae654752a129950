"""The admin page of dead letters, with which they can be handled again or discarded."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from payvost_webhooks.django._configured import configured_receiver
from payvost_webhooks.django.models import DeadLetter


@admin.register(DeadLetter)
class DeadLetterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists events that were claimed but not handled. Nothing can be edited."""

    list_display = ("key", "event_type", "reason", "attempt", "error", "since")
    list_filter = ("event_type", "error")
    search_fields = ("key", "event_type", "error")
    fields = readonly_fields = list_display
    actions = ("retry", "discard")

    @admin.action(description="Handle the selected events again", permissions=["change"])
    def retry(self, request: HttpRequest, letters: Any) -> None:
        """Verify, claim and handle each event again, as a new delivery."""
        receiver = configured_receiver()
        for key in letters.values_list("key", flat=True):
            answer = receiver.retry(key)
            if answer is not None and answer.status == 200:
                self.message_user(request, f"handled: {key}", messages.SUCCESS)
            else:
                code = "nothing kept" if answer is None else f"status {answer.status}"
                text = f"not handled ({code}, the log says why): {key}"
                self.message_user(request, text, messages.ERROR)

    @admin.action(description="Discard the selected events", permissions=["delete"])
    def discard(self, request: HttpRequest, letters: Any) -> None:
        """Mark each event as handled without handling it."""
        store: Any = configured_receiver().store
        for key in letters.values_list("key", flat=True):
            if store.discard(key):
                self.message_user(request, f"discarded: {key}", messages.SUCCESS)
            else:
                self.message_user(request, f"being handled: {key}", messages.WARNING)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """Without Django's own action, which would delete rows."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def render_change_form(self, *arguments: Any, **options: Any) -> Any:
        """Show an event without buttons."""
        options.update(add=False, change=False)
        arguments[1].update(show_save=False, show_save_and_continue=False, show_delete=False)
        return super().render_change_form(*arguments, **options)
